"""The OpenAssetIO manager, judged by OpenAssetIO's own compliance suite, and asked through its host API."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from sqlite_utils import Database

from catalog.library import Library

pytest.importorskip("openassetio", reason="the extra openassetio is not installed")

FIXTURES = """
from openassetio.trait import TraitsData
from plugins.assetio import FRAMES, IDENTIFIER, LOCATABLE, NAMED, PREFIX, SHOT, TAGS, TIMECODE

library, slug = {library!r}, {slug!r}
title, shot = PREFIX + slug, PREFIX + slug + "/shots/1"
missing, malformed = PREFIX + slug + "/shots/99", PREFIX + "A title!"
no_shot = f"The title {{slug}} has no shot 99."
bad_form = f"'{{malformed}}' should look like reelwatch:///title-0a1b2c3d or reelwatch:///title-0a1b2c3d/shots/12."
read_only = "Reelwatch's entities can only be read."
common = {{LOCATABLE, FRAMES, NAMED, TIMECODE, TAGS}}
errors = {{
    "a_reference_to_a_missing_entity": missing,
    "the_error_string_for_a_reference_to_a_missing_entity": no_shot,
    "a_malformed_reference": malformed,
    "the_error_string_for_a_malformed_reference": bad_form,
    "a_reference_to_a_readonly_entity": title,
    "the_error_string_for_a_reference_to_a_readonly_entity": read_only,
}}
fixtures = {{
    "identifier": IDENTIFIER,
    "settings": {{"library": library}},
    "shared": {{
        "a_valid_reference": title,
        "an_invalid_reference": "file:///etc/passwd",
        "a_reference_to_an_existing_entity": shot,
        "a_reference_to_a_nonexisting_entity": missing,
    }},
    "Test_identifier": {{"test_matches_fixture": {{"identifier": IDENTIFIER}}}},
    "Test_displayName": {{"test_matches_fixture": {{"display_name": "Reelwatch"}}}},
    "Test_info": {{"test_matches_fixture": {{"info": {{"entityReferencesMatchPrefix": PREFIX, "isPython": True}}}}}},
    "Test_initialize": {{
        "shared": {{
            "some_settings_with_all_keys": {{"library": "/elsewhere"}},
            "some_settings_with_a_subset_of_keys": {{}},
        }}
    }},
    "Test_entityExists": {{
        "test_when_querying_malformed_reference_then_malformed_reference_error_is_returned": {{
            "a_malformed_reference": malformed, "expected_error_message": bad_form,
        }},
    }},
    "Test_entityTraits": {{
        "test_when_querying_malformed_reference_then_malformed_reference_error_is_returned": {{
            "a_malformed_reference": malformed, "expected_error_message": bad_form,
        }},
        "test_when_querying_missing_reference_for_read_then_resolution_error_is_returned": {{
            "a_reference_to_a_missing_entity": missing, "expected_error_message": no_shot,
        }},
        "test_when_read_only_entity_queried_for_write_then_access_error_is_returned": {{
            "a_reference_to_a_readonly_entity": title, "expected_error_message": read_only,
        }},
        "test_when_multiple_references_for_read_then_same_number_of_returned_trait_sets": {{
            "first_entity_reference": title, "first_entity_trait_set": common,
            "second_entity_reference": shot, "second_entity_trait_set": common | {{SHOT}},
        }},
    }},
    "Test_resolve": {{
        "shared": {{
            "a_reference_to_a_readable_entity": shot,
            "a_set_of_valid_traits": {{FRAMES, SHOT}},
            **errors,
        }}
    }},
}}
"""


@pytest.fixture
def slug(db: Database) -> str:
    return str(db.execute("SELECT slug FROM titles").fetchone()[0])


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A folder of plug-ins for OpenAssetIO, as its entry point does for an installed Reelwatch."""
    folder = tmp_path / "openassetio"
    folder.mkdir()
    (folder / "reelwatch_manager.py").write_text("from plugins.assetio import openassetioPlugin\n")
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "OPENASSETIO_PLUGIN_PATH": str(folder), "PYTHONPATH": root}


def test_openassetio_finds_it_compliant(
    library: Library, slug: str, environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "fixtures.py"
    file.write_text(FIXTURES.format(library=str(library.root), slug=slug))
    result = subprocess.run(
        [sys.executable, "-m", "openassetio.test.manager", "-f", str(file)],
        env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    ran = re.search(r"Ran (\d+) tests.*OK \(skipped=(\d+)\)", result.stderr, re.DOTALL)
    assert ran is not None and int(ran[1]) - int(ran[2]) >= 35, result.stderr


def test_a_host_resolves_a_shot(library: Library, slug: str, environment: dict[str, str]) -> None:
    """As a host does, with the trait classes of openassetio-mediacreation, which know nothing of ours."""
    pytest.importorskip("openassetio_mediacreation")
    script = f"""
import warnings
warnings.simplefilter("ignore")
from openassetio.access import ResolveAccess
from openassetio.hostApi import HostInterface, ManagerFactory
from openassetio.log import ConsoleLogger, SeverityFilter
from openassetio.pluginSystem import PythonPluginSystemManagerImplementationFactory
from openassetio_mediacreation.traits.content import LocatableContentTrait
from openassetio_mediacreation.traits.identity import DisplayNameTrait
from openassetio_mediacreation.traits.timeDomain import FrameRangedTrait
class Host(HostInterface):
    def identifier(self): return "org.example.host"
    def displayName(self): return "Host"
logger = SeverityFilter(ConsoleLogger())
factory = ManagerFactory(Host(), PythonPluginSystemManagerImplementationFactory(logger), logger)
manager = factory.createManager("org.reelwatch.manager")
manager.initialize({{"library": {str(library.root)!r}}})
reference = manager.createEntityReference("reelwatch:///{slug}/shots/2")
kinds = {{LocatableContentTrait.kId, FrameRangedTrait.kId, DisplayNameTrait.kId, "reelwatch:Timecode"}}
found = manager.resolve(reference, kinds, ResolveAccess.kRead, manager.createContext())
frames = FrameRangedTrait(found)
print(LocatableContentTrait(found).getLocation(), DisplayNameTrait(found).getName(),
      frames.getStartFrame(), frames.getEndFrame(), round(frames.getFramesPerSecond(), 3),
      found.getTraitProperty("reelwatch:Timecode", "start"))
"""
    result = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert result.stdout.strip() == "file:///in/seance Shot 2 100 299 29.97 01:00:03;10", result.stderr
