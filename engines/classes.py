"""The words the models answer with, in the order of their outputs."""

from __future__ import annotations

from catalog.records import SCALES

SIX_SCALES = ("EWS", "LS", "MS", "MCU", "CU", "ECU")

TAGS = (
    "action", "adventure", "animal", "animation", "beach_sea", "bomb_explosion", "car_chase", "children", "climbing",
    "club_bar", "college_university", "dance", "desert", "destruction", "drinking", "exercise", "family", "food",
    "forest", "glamor_fashion", "heist", "hiking", "horror", "hospital", "lab_experiment", "military", "monster",
    "murder", "music", "police", "prison", "robot", "romance", "scifi", "smoking", "sports", "super_hero", "swimming",
    "sword_fight", "technology", "valleys_hills", "vehicle_crash", "violence", "war", "weapon", "wedding",
)  # fmt: skip  # 46 of the 50 of Khan et al. (AVSS 2017)
TAGS_NOT_OFFERED = ("abduction", "drama", "nudity", "sex")  # nothing to be seen in one picture, or no data on purpose

# The ten most frequent of the posters' films.
GENRES = ("Drama", "Comedy", "Romance", "Thriller", "Action", "Crime", "Adventure", "Fantasy", "Family", "Horror")

__all__ = ["GENRES", "SCALES", "SIX_SCALES", "TAGS", "TAGS_NOT_OFFERED"]
