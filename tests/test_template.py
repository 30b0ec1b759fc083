"""The template, read line by line: what each function may do, what is kept and how, who is told when something is wrong."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from skill.channels.emf import NAMESPACE
from skill.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ("SkillFunction", "WebFunction", "RefreshFunction")


class Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms: `!Ref X` is {"Ref": X}."""


def _short(loader: Any, suffix: str, node: Any) -> Any:
    made = {yaml.ScalarNode: loader.construct_scalar, yaml.SequenceNode: loader.construct_sequence, yaml.MappingNode: loader.construct_mapping}[type(node)]
    value = made(node) if isinstance(node, yaml.ScalarNode) else made(node, deep=True)
    return {"Ref" if suffix == "Ref" else f"Fn::{suffix}": value}


Loader.add_multi_constructor("!", _short)


@pytest.fixture(scope="module")
def template() -> dict[str, Any]:
    return yaml.load((ROOT / "template.yaml").read_text(encoding="utf-8"), Loader)


def resources(template: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: r for name, r in template["Resources"].items() if r["Type"] == kind}


def statements(template: dict[str, Any], function: str) -> dict[str, dict[str, Any]]:
    return {s["Sid"]: s for policy in template["Resources"][function]["Properties"]["Policies"] for s in policy["Statement"]}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def plain(resource: Any) -> str:
    """Where a statement holds, in a word: "PeopleTable", "podcasts/*"."""
    if "Fn::GetAtt" in resource:
        return str(listed(resource["Fn::GetAtt"])[0]).removesuffix(".Arn")
    return str(resource["Fn::Sub"]).removeprefix("${Bucket.Arn}/")


WANTED = {
    "SkillFunction": {
        "WhatIsKnownOfPeople": ({"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"}, {"PeopleTable"}),
        "ReadPodcasts": ({"s3:GetObject"}, {"podcasts/*"}),
        "ReadWhatStaffChanged": ({"s3:GetObject"}, {"console/${Town}/changes.json", "console/${Town}/town.json.gz"}),
        "KnowWhatIsMissing": ({"s3:ListBucket"}, {"Bucket"}),
    },
    "WebFunction": {
        "WhatIsKnownOfPeopleAndSessionsOfStaff": ({"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"}, {"PeopleTable", "StaffTable"}),
        "PublishPodcasts": ({"s3:GetObject", "s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"}, {"podcasts/*"}),
        "KeepWhatStaffChange": ({"s3:GetObject", "s3:PutObject"}, {"console/${Town}/*"}),
        "DropUploadsDraftsAndCovers": ({"s3:DeleteObject"}, {"console/${Town}/uploads/*", "console/${Town}/drafts/*", "podcasts/*/media/*"}),
        "KnowWhatIsMissing": ({"s3:ListBucket"}, {"Bucket"}),
    },
    "RefreshFunction": {
        "KeepSnapshots": ({"s3:GetObject", "s3:PutObject"}, {"podcasts/*"}),
        "ReadWhatStaffChanged": ({"s3:GetObject"}, {"console/${Town}/changes.json"}),
        "PutTheCompiledTown": ({"s3:GetObject", "s3:PutObject"}, {"console/${Town}/town.json.gz"}),
        "KnowWhatIsMissing": ({"s3:ListBucket"}, {"Bucket"}),
    },
}
"""All that each function may do, and nothing else."""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_may_do_its_work_and_nothing_else(template: dict[str, Any], function: str) -> None:
    found = {
        sid: (set(listed(s["Action"])), {plain(r) for r in listed(s["Resource"])})
        for sid, s in statements(template, function).items()
        if s["Effect"] == "Allow"
    }
    assert found == WANTED[function]
    assert not any("*" in action for actions, _ in found.values() for action in actions)


def test_who_answers_residents_reads_neither_accounts_nor_sessions(template: dict[str, Any]) -> None:
    for _, where in WANTED["SkillFunction"].values():
        assert not where & {"StaffTable", "console/${Town}/*"}
    assert "MAIRIE_STAFF_TABLE" not in str(template["Resources"]["SkillFunction"])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_run_on_arm_with_their_logs_kept_for_a_while_only(template: dict[str, Any], function: str) -> None:
    common, own = template["Globals"]["Function"], template["Resources"][function]
    assert (common["Runtime"], common["Architectures"]) == ("python3.13", ["arm64"])
    assert own["Metadata"]["BuildMethod"] == "makefile"
    group = own["Properties"]["LoggingConfig"]
    assert group["LogFormat"] == "JSON"
    assert template["Resources"][group["LogGroup"]["Ref"]]["Properties"]["RetentionInDays"] == {"Ref": "LogRetentionDays"}
    assert (ROOT / f"{own['Properties']['Handler'].rpartition('.')[0]}.py").is_file()


def test_the_trigger_answers_one_skill_only(template: dict[str, Any]) -> None:
    event = template["Resources"]["SkillFunction"]["Properties"]["Events"]["Skill"]
    assert event == {"Type": "AlexaSkill", "Properties": {"SkillId": {"Ref": "SkillId"}}}
    assert "Default" not in template["Parameters"]["SkillId"]
    assert template["Resources"]["SkillFunction"]["Properties"]["Environment"]["Variables"]["MAIRIE_SKILL_ID"] == {"Ref": "SkillId"}
    assert template["Globals"]["Function"]["Timeout"] < 8  # Alexa gives up after eight seconds


def test_tables_are_on_demand_encrypted_and_forget(template: dict[str, Any]) -> None:
    tables = resources(template, "AWS::DynamoDB::Table")
    assert set(tables) == {"PeopleTable", "StaffTable"}
    for table in tables.values():
        given = table["Properties"]
        assert given["BillingMode"] == "PAY_PER_REQUEST"
        assert given["TimeToLiveSpecification"] == {"AttributeName": "expires", "Enabled": True}
        assert given["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
        assert given["SSESpecification"]["SSEEnabled"] is True
    assert tables["PeopleTable"]["DeletionPolicy"] == "Retain"


def test_nothing_in_the_bucket_is_public(template: dict[str, Any]) -> None:
    given = template["Resources"]["Bucket"]["Properties"]
    assert set(given["PublicAccessBlockConfiguration"].values()) == {True}
    assert given["VersioningConfiguration"]["Status"] == "Enabled"
    assert {rule["Id"] for rule in given["LifecycleConfiguration"]["Rules"]} == {"OldVersionsGo", "HalvesOfUploadsGo", "UploadsOfTheConsoleGo"}
    allowed = [s for s in template["Resources"]["BucketPolicy"]["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert [(s["Principal"], s["Action"], plain(s["Resource"])) for s in allowed] == [
        ({"Service": "cloudfront.amazonaws.com"}, "s3:GetObject", "podcasts/*/media/*")
    ]
    assert "AWS:SourceArn" in allowed[0]["Condition"]["StringEquals"]


def test_the_web_function_answers_its_cdn_only(template: dict[str, Any]) -> None:
    secret = {"Fn::Sub": "{{resolve:secretsmanager:${OriginKey}:SecretString}}"}
    distribution = template["Resources"]["Web"]["Properties"]["DistributionConfig"]
    origin = next(o for o in distribution["Origins"] if o["Id"] == "function")
    assert origin["OriginCustomHeaders"] == [{"HeaderName": "X-Mairie-Origin", "HeaderValue": secret}]
    assert template["Resources"]["WebFunction"]["Properties"]["Environment"]["Variables"]["MAIRIE_ORIGIN_KEY"] == secret
    behaviours = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]
    assert {b["ViewerProtocolPolicy"] for b in behaviours} == {"redirect-to-https"}
    for behaviour in behaviours:  # whoever asks the function is told of by the CDN, and cannot say it himself
        assert (behaviour["TargetOriginId"] == "function") == ("FunctionAssociations" in behaviour)
    code = template["Resources"]["WhoAsks"]["Properties"]["FunctionCode"]
    assert {"x-mairie-host", "x-mairie-viewer"} == set(re.findall(r"'(x-mairie-\w+)'", code))


def test_somebody_is_told_of_errors_slowness_old_feeds_and_refusals(template: dict[str, Any]) -> None:
    alarms = resources(template, "AWS::CloudWatch::Alarm")
    assert set(alarms) == {"SkillErrors", "SkillThrottles", "SkillSlow", "WebErrors", "WebThrottles", "RefreshErrors", "FeedAge", "Faults", "TableThrottles"}
    for alarm in alarms.values():
        assert alarm["Properties"]["AlarmActions"] == [{"Ref": "Alarms"}]
    assert alarms["FeedAge"]["Properties"]["TreatMissingData"] == "breaching"  # a schedule that stopped says nothing
    for name, handler in (("FeedAge", "refresh_handler"), ("Faults", "alexa_handler"), ("Faults", "web_handler")):
        given = alarms[name]["Properties"]
        assert f'measure("{given["MetricName"]}"' in (ROOT / f"lambda/{handler}.py").read_text(encoding="utf-8")
        assert given["Namespace"] == NAMESPACE
    assert "KmsMasterKeyId" not in template["Resources"]["Alarms"]["Properties"]  # CloudWatch may not use AWS's own key of SNS


def test_every_name_in_it_is_one_of_ours(template: dict[str, Any]) -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    used = set(re.findall(r"\bMAIRIE_[A-Z_]+", text))
    assert used <= {f"MAIRIE_{name.upper()}" for name in Settings._fields}
    for function in FUNCTIONS:
        env = {**template["Globals"]["Function"]["Environment"]["Variables"], **template["Resources"][function]["Properties"]["Environment"]["Variables"]}
        Settings.from_environment({k: v if isinstance(v, str) else "" for k, v in env.items()})


def test_the_template_passes_cfn_lint() -> None:
    done = subprocess.run(
        [str(Path(sys.executable).parent / "cfn-lint"), "template.yaml", "--regions", "eu-west-1", "eu-west-3"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
