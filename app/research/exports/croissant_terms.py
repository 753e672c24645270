"""What `croissant.json` says of the data's making, its limits and its permitted use."""

from typing import Any

from app.research.exports.manifest import Manifest


def usage_info(manifest: Manifest) -> dict[str, Any]:
    """The conditions of use, as DUO terms and as an ODRL offer. `DATA_USE.md` says the same in full sentences."""
    terms = [
        ("General Research Use", "0000042"),
        ("User Specific Restriction", "0000026"),
        ("Time Limit on Use", "0000025"),
    ]
    identifying = {
        "@type": "odrl:Constraint",
        "odrl:leftOperand": {"@id": "odrl:purpose"},
        "odrl:operator": {"@id": "odrl:eq"},
        "odrl:rightOperand": "re-identification",
    }
    forbidden = [
        {
            **_rule(
                "odrl:Prohibition", "odrl:use", "Finding out who wrote or chose anything, by whatever join."
            ),
            "odrl:constraint": identifying,
        },
        _rule("odrl:Prohibition", "odrl:distribute", "Passing the files on."),
    ]
    duties = [
        (
            "odrl:delete",
            "Delete the files when the work is done or the export expires, and rows that are withdrawn.",
        ),
        ("odrl:inform", "Tell the operator at once if a row shows who somebody is."),
    ]
    offer = {
        "@type": ["CreativeWork", "odrl:Offer"],
        "name": "Pairvote terms of use",
        "url": "DATA_USE.md",
        "expires": manifest.expires_week,
        "odrl:permission": {
            "@type": "odrl:Permission",
            "odrl:action": {"@id": "duo:0000042"},
            "odrl:duty": [_rule("odrl:Duty", *duty) for duty in duties],
        },
        "odrl:prohibition": forbidden,
    }
    defined = [
        {"@type": "DefinedTerm", "name": name, "termCode": f"DUO_{code}", "url": f"duo:{code}"}
        for name, code in terms
    ]
    return {"usageInfo": [*defined, offer]}


def responsible_ai(manifest: Manifest) -> dict[str, Any]:
    """How the data came to be and what not to conclude from it, in the words of the RAI extension."""
    weeks = manifest.statistics["weeks"]
    told: dict[str, Any] = {
        "rai:dataCollection": "People who used a product were shown two answers to their own prompt side by side, in "
        "an order drawn at random, and said which was better, or skipped.",
        "rai:dataCollectionType": ["Direct measurement", "User-generated content"],
        "rai:dataCollectionMissingData": "Records that could not be read any more are counted by reason in "
        "manifest.json; rows whose rater shared the vote only have no text.",
        "rai:dataPreprocessingProtocol": [
            "Text was searched for identifying passages, which were replaced; deid_level names the method.",
            "Times were coarsened to the ISO week, durations to ranges; identifiers are this export's own.",
        ],
        "rai:dataAnnotationProtocol": ["One judgement by the person who wrote the prompt, in the product."],
        "rai:annotationsPerItem": "1",
        "rai:annotatorDemographics": ["Not collected."],
        "rai:personalSensitiveInformation": [
            "Free text by users, redacted by program, and programs miss things: see reports/deidentification.json."
        ],
        "rai:dataBiases": [
            "Votes are not a random sample of uses: see selection_probability.",
            "Raters chose to answer; those who skip or opt out may prefer otherwise.",
        ],
        "rai:dataLimitations": [
            "Votes of one rater can be seen to belong together only within the rater scope.",
            "A preference between two answers says nothing of either by itself.",
            f"Cells of week and language with fewer than {manifest.k} persons were suppressed (k; 1: none).",
        ],
        "rai:dataUseCases": ["Ranking and evaluating models.", "Training on preferences."],
        "rai:dataSocialImpact": "The people behind the rows were promised that nothing here leads back to them.",
        "rai:dataReleaseMaintenancePlan": "Rows that are withdrawn are named by vote_id; the files go when the export "
        "expires.",
    }
    if weeks["first"] is not None:
        told["rai:dataCollectionTimeframe"] = [weeks["first"], weeks["last"]]
    return told


def _rule(kind: str, action: str, sentence: str) -> dict[str, Any]:
    return {"@type": kind, "odrl:action": {"@id": action}, "description": sentence}
