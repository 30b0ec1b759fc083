"""The skill as an ask-sdk-core skill, for flask-ask-sdk. The one file that knows these two libraries, and their trap.

The trap: `import flask_ask_sdk` pulls `certvalidator` -> `oscrypto` 1.3.0, whose version pattern refuses every OpenSSL with a
two-digit patch (Debian 12, Ubuntu 24.04: guide/dependencies.md P1; fixed upstream, never released). Only the SDK's own
signature verifier uses it, and ours replaces that one. So empty modules of those names stand in while it is imported,
unless the real ones work.
"""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import Any

from skill.channels.alexa import AlexaChannel, NotOurSkill


def _stand_in() -> None:
    """Puts empty `certvalidator` modules in place where the real ones cannot be imported."""
    try:
        import certvalidator  # noqa: F401
    except Exception:
        for name in [n for n in sys.modules if n.split(".")[0] in ("certvalidator", "oscrypto")]:
            del sys.modules[name]
        package, errors = ModuleType("certvalidator"), ModuleType("certvalidator.errors")
        package.CertificateValidator = package.ValidationContext = None  # type: ignore[attr-defined]
        errors.PathError = type("PathError", (Exception,), {})  # type: ignore[attr-defined]
        errors.PathBuildingError = errors.PathValidationError = errors.PathError  # type: ignore[attr-defined]
        errors.InvalidCertificateError = errors.ValidationError = errors.PathError  # type: ignore[attr-defined]
        package.errors = errors  # type: ignore[attr-defined]
        sys.modules["certvalidator"], sys.modules["certvalidator.errors"] = package, errors


_stand_in()

from ask_sdk_core.exceptions import AskSdkException  # noqa: E402 - after the stand-in
from ask_sdk_core.skill import CustomSkill  # noqa: E402
from ask_sdk_core.skill_builder import SkillBuilder  # noqa: E402
from flask_ask_sdk.skill_adapter import (  # noqa: E402
    VERIFY_SIGNATURE_APP_CONFIG,
    VERIFY_TIMESTAMP_APP_CONFIG,
    SkillAdapter,
)


class _Plain:
    """A serializer that leaves JSON as it is."""

    def deserialize(self, payload: str, obj_type: Any) -> Any:
        return json.loads(payload)

    def serialize(self, obj: Any) -> Any:
        return obj


class SdkSkill(CustomSkill):  # type: ignore[misc]
    """An SDK skill that answers through our channel."""

    def __init__(self, channel: AlexaChannel) -> None:
        super().__init__(SkillBuilder().skill_configuration)
        self.serializer = _Plain()
        self._channel = channel

    def invoke(self, request_envelope: Any, context: Any) -> dict[str, Any]:
        """The response to a request, both plain JSON. AskSdkException for another skill's request, as the SDK does."""
        try:
            return self._channel.invoke(request_envelope)
        except NotOurSkill as error:
            raise AskSdkException(str(error)) from error


def adapter(channel: AlexaChannel, app: Any) -> SkillAdapter:
    """The flask-ask-sdk adapter of a channel. Verification is done by ours before it, so the SDK's is switched off."""
    app.config[VERIFY_SIGNATURE_APP_CONFIG] = False
    app.config[VERIFY_TIMESTAMP_APP_CONFIG] = False
    return SkillAdapter(skill=SdkSkill(channel), skill_id=channel.skill_id or "mairie", app=app)
