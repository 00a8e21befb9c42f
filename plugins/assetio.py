"""Reelwatch as an OpenAssetIO manager: any OpenAssetIO host resolves our titles and shots to what is known of them.

References are reelwatch:///SLUG for a title and reelwatch:///SLUG/shots/12 for a shot. The library is only read.
Setting: `library`, the library folder; without it the environment variable REELWATCH_LIBRARY.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from openassetio import constants
from openassetio.access import EntityTraitsAccess, PolicyAccess, ResolveAccess
from openassetio.errors import BatchElementError, ConfigurationException
from openassetio.managerApi import ManagerInterface
from openassetio.pluginSystem import PythonPluginSystemManagerPlugin
from openassetio.trait import TraitsData

from catalog.library import CatalogError, Library, read_catalog
from catalog.loading import find_title, load
from catalog.records import Analysis, Estimate, Shot
from plugins.exporters.xml_text import file_url

IDENTIFIER = "org.reelwatch.manager"
PREFIX = "reelwatch:///"
_MEDIA_CREATION = "openassetio-mediacreation"
LOCATABLE, FRAMES = f"{_MEDIA_CREATION}:content.LocatableContent", f"{_MEDIA_CREATION}:timeDomain.FrameRanged"
NAMED, MANAGED = f"{_MEDIA_CREATION}:identity.DisplayName", f"{_MEDIA_CREATION}:managementPolicy.Managed"
TIMECODE, TAGS, SHOT = "reelwatch:Timecode", "reelwatch:Tags", "reelwatch:Shot"
_TITLE_TRAITS = (LOCATABLE, FRAMES, NAMED, TIMECODE, TAGS)
_REFERENCE = re.compile(rf"^{PREFIX}(?P<slug>[a-z0-9-]+)(?:/shots/(?P<shot>[1-9][0-9]*))?$")

Facts = Mapping[str, Mapping[str, str | int | float | bool]]
Code = BatchElementError.ErrorCode


class _Unresolved(Exception):
    def __init__(self, code: Code, reason: str) -> None:
        super().__init__(reason)
        self.error = BatchElementError(code, reason)


class ReelwatchManager(ManagerInterface):
    """Answers reads; to writes it says that its entities are read-only."""

    def __init__(self) -> None:
        super().__init__()
        self._settings: dict[str, Any] = {"library": os.environ.get("REELWATCH_LIBRARY", "")}

    def identifier(self) -> str:
        return IDENTIFIER

    def displayName(self) -> str:
        return "Reelwatch"

    def info(self) -> dict[str, Any]:
        return {constants.kInfoKey_EntityReferencesMatchPrefix: PREFIX, constants.kInfoKey_IsPython: True}

    def settings(self, hostSession: object) -> dict[str, Any]:
        return dict(self._settings)

    def initialize(self, managerSettings: Mapping[str, Any], hostSession: object) -> None:
        unknown = set(managerSettings) - set(self._settings)
        if unknown:
            raise ConfigurationException(f"Reelwatch has no setting {', '.join(sorted(unknown))}; it has: library.")
        self._settings.update(managerSettings)

    def hasCapability(self, capability: ManagerInterface.Capability) -> bool:
        able = ManagerInterface.Capability
        return capability in (
            able.kEntityReferenceIdentification, able.kManagementPolicyQueries, able.kResolution,
            able.kExistenceQueries, able.kEntityTraitIntrospection,
        )  # fmt: skip

    def managementPolicy(
        self, traitSets: list[set[str]], policyAccess: PolicyAccess, context: object, hostSession: object
    ) -> list[TraitsData]:
        return [_policy(traits, policyAccess) for traits in traitSets]

    def isEntityReferenceString(self, someString: str, hostSession: object) -> bool:
        return someString.startswith(PREFIX)

    def entityExists(
        self, entityReferences: list[Any], context: object, hostSession: object,
        successCallback: Callable[[int, bool], None], errorCallback: Callable[[int, BatchElementError], None],
    ) -> None:  # fmt: skip
        for place, reference in enumerate(entityReferences):
            try:
                self._facts(reference.toString())
                successCallback(place, True)
            except _Unresolved as error:
                if error.error.code == Code.kEntityResolutionError:
                    successCallback(place, False)
                else:
                    errorCallback(place, error.error)

    def entityTraits(
        self, entityReferences: list[Any], entityTraitsAccess: EntityTraitsAccess, context: object,
        hostSession: object, successCallback: Callable[[int, set[str]], None],
        errorCallback: Callable[[int, BatchElementError], None],
    ) -> None:  # fmt: skip
        writing = entityTraitsAccess != EntityTraitsAccess.kRead
        for place, reference in enumerate(entityReferences):
            try:
                successCallback(place, set(self._readable(reference.toString(), writing)))
            except _Unresolved as error:
                errorCallback(place, error.error)

    def resolve(
        self, entityReferences: list[Any], traitSet: set[str], resolveAccess: ResolveAccess, context: object,
        hostSession: object, successCallback: Callable[[int, TraitsData], None],
        errorCallback: Callable[[int, BatchElementError], None],
    ) -> None:  # fmt: skip
        writing = resolveAccess != ResolveAccess.kRead
        for place, reference in enumerate(entityReferences):
            try:
                facts = self._readable(reference.toString(), writing)
                successCallback(place, _traits({name: facts[name] for name in facts if name in traitSet}))
            except _Unresolved as error:
                errorCallback(place, error.error)

    def _readable(self, reference: str, writing: bool) -> Facts:
        facts = self._facts(reference)
        if writing:
            raise _Unresolved(Code.kEntityAccessError, "Reelwatch's entities can only be read.")
        return facts

    def _facts(self, reference: str) -> Facts:
        match = _REFERENCE.match(reference)
        if match is None:
            reason = f"'{reference}' should look like {PREFIX}title-0a1b2c3d or {PREFIX}title-0a1b2c3d/shots/12."
            raise _Unresolved(Code.kMalformedEntityReference, reason)
        analysis = self._analysis(match["slug"])
        if match["shot"] is None:
            return dict(_title_facts(analysis))
        shot = next((shot for shot in analysis.shots if shot.number == int(match["shot"])), None)
        if shot is None:
            raise _Unresolved(Code.kEntityResolutionError, f"The title {match['slug']} has no shot {match['shot']}.")
        return dict(_shot_facts(analysis, shot))

    def _analysis(self, slug: str) -> Analysis:
        library = str(self._settings["library"])
        try:
            db = read_catalog(Library(Path(library)))
            try:
                return load(db, find_title(db, slug))
            finally:
                db.conn.close()
        except CatalogError as error:
            raise _Unresolved(Code.kEntityResolutionError, str(error)) from error


class ReelwatchPlugin(PythonPluginSystemManagerPlugin):
    """How OpenAssetIO finds the manager (entry-point group openassetio.manager_plugin)."""

    @staticmethod
    def identifier() -> str:
        return IDENTIFIER

    @classmethod
    def interface(cls) -> ReelwatchManager:
        return ReelwatchManager()


openassetioPlugin = ReelwatchPlugin


def _policy(traits: set[str], access: PolicyAccess) -> TraitsData:
    """Managed, with what can be resolved, for reads of sets that hold something of ours; else nothing."""
    known = traits & {*_TITLE_TRAITS, SHOT}
    if access != PolicyAccess.kRead or not known:
        return TraitsData()
    return TraitsData({MANAGED, *known})


def _title_facts(analysis: Analysis) -> Iterator[tuple[str, dict[str, str | int | float | bool]]]:
    title = analysis.title
    yield LOCATABLE, {"location": file_url(title.source)}
    yield NAMED, {"name": title.name, "qualifiedName": title.name}
    yield FRAMES, _frames(analysis, 0, title.frames)
    yield TIMECODE, {"start": title.timecode(0), "end": title.timecode(title.frames), "rate": str(title.rate)}
    yield TAGS, {"tags": ",".join(tag.tag for tag in analysis.tags)}


def _shot_facts(analysis: Analysis, shot: Shot) -> Iterator[tuple[str, dict[str, str | int | float | bool]]]:
    title = analysis.title
    yield LOCATABLE, {"location": file_url(title.source)}
    yield NAMED, {"name": f"Shot {shot.number}", "qualifiedName": f"{title.name}/Shot {shot.number}"}
    yield FRAMES, _frames(analysis, shot.start, shot.end)
    yield TIMECODE, {
        "start": title.timecode(shot.start), "end": title.timecode(shot.end), "rate": str(title.rate),
    }  # fmt: skip
    yield TAGS, {"tags": ",".join(shot.tags)}
    said = {"scale": shot.scale, "place": shot.place, "timeOfDay": shot.time_of_day, "movement": shot.movement}
    yield SHOT, {name: _value(estimate) for name, estimate in said.items() if estimate is not None}


def _frames(analysis: Analysis, start: int, end: int) -> dict[str, str | int | float | bool]:
    """FrameRanged counts its last frame in, so it is one below our exclusive end."""
    rate = float(analysis.title.rate)
    return {"startFrame": start, "endFrame": end - 1, "inFrame": start, "outFrame": end - 1, "framesPerSecond": rate}


def _value(estimate: Estimate) -> str:
    return estimate.value or "unsure"


def _traits(facts: Facts) -> TraitsData:
    traits = TraitsData(set(facts))
    for trait, properties in facts.items():
        for name, value in properties.items():
            traits.setTraitProperty(trait, name, value)
    return traits
