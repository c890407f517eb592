"""Independent programs for one task, run against each other: their agreement is evidence."""

from council.versions.agreeing import Example, Table, comparable, counting, examples_passed, witnesses
from council.versions.ambiguity import ambiguities
from council.versions.asking import Ask, agreeing_with, as_test_file, ask_all
from council.versions.clustering import clusters_of, pick
from council.versions.confidence import probability_right
from council.versions.convicting import Terms, hear_witnesses
from council.versions.hearing import SOURCE, hear_versions
from council.versions.inputs import Known, function_inputs
from council.versions.mentions import believed, mentioned
from council.versions.programs import Face, common_face, completed, distinct, faces, program_id
from council.versions.running import Bounds, observe
from council.versions.sequences import class_inputs
from council.versions.shrinking import shrink
from council.versions.writing import Desk, Written

__all__ = [
    "SOURCE",
    "Ask",
    "Bounds",
    "Desk",
    "Example",
    "Face",
    "Known",
    "Table",
    "Terms",
    "Written",
    "agreeing_with",
    "ambiguities",
    "as_test_file",
    "ask_all",
    "believed",
    "class_inputs",
    "clusters_of",
    "common_face",
    "comparable",
    "completed",
    "counting",
    "distinct",
    "examples_passed",
    "faces",
    "function_inputs",
    "hear_versions",
    "hear_witnesses",
    "mentioned",
    "observe",
    "pick",
    "probability_right",
    "program_id",
    "shrink",
    "witnesses",
]
