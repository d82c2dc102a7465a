"""What AllToken's portrait Actions, its upload and the phone can do wrong."""

from dataclasses import dataclass
from typing import Annotated, Literal

Fault = Literal["ok", "cut_before", "cut_after", "429", "500", "garbage"]


@dataclass(frozen=True, kw_only=True)
class AllTokenSwitches:
    error: Annotated[str, "ResponseMetadata.Error.Code (or 401, 413, 429, 500) to answer"] = ""
    error_action: Annotated[str, "the Action that error hits; empty: every Action"] = ""
    error_times: Annotated[int, "only the first N such calls are hit; 0: all"] = 0
    create_session: Annotated[Fault, "how CreateVisualValidateSession is answered"] = "ok"
    exchange: Annotated[
        Fault, "how GetVisualValidateResult is answered; cut_after spends the token"
    ] = "ok"
    create_group: Annotated[Fault, "how CreateAssetGroup is answered"] = "ok"
    create_asset: Annotated[Fault, "how CreateAsset is answered"] = "ok"
    upload: Annotated[Fault, "how POST /v1/portrait/upload is answered"] = "ok"
    fault: Annotated[Fault, "how fault_action is answered"] = "ok"
    fault_action: Annotated[str, "any other Action, e.g. ListAssets or DeleteAssetGroup"] = ""
    fault_times: Annotated[int, "only the first N calls of these are faulty; 0: all"] = 0
    envelope: Annotated[
        Literal["wrapped", "flat"], "flat: the Result alone, as some gateways give it"
    ] = "wrapped"
    face_qps: Annotated[int, "calls a second for each face Action; 0: no limit"] = 3
    group_quota: Annotated[int, "groups per customer"] = 50
    asset_quota: Annotated[int, "assets per customer, or per group"] = 50
    asset_quota_of: Annotated[
        Literal["customer", "group"], "whose quota it is: the guide and the SDKs disagree"
    ] = "customer"
    listed_group_id: Annotated[bool, "ListAssets shows the GroupId, which may also be empty"] = True
    asset_duration: Annotated[float, "seconds until an asset is Active or Failed"] = 2.0
    asset_outcome: Annotated[Literal["active", "failed"], "how an asset ends"] = "active"
    failed_reason: Annotated[str, "FailedReason of a failed asset"] = "FaceMismatch"
    status_name: Annotated[
        Literal["Status", "UpstreamStatus", "both"], "field that holds an asset's status"
    ] = "Status"
    status_case: Annotated[Literal["title", "lower", "upper"], "case of that status"] = "title"

    # AllToken, the phone
    session_ttl: Annotated[float, "seconds that a BytedToken and its H5Link live"] = 120.0
    h5_style: Annotated[
        Literal["lng", "no_lng", "opaque"], "H5Link with lng, without it, or with pl and uid only"
    ] = "lng"
    amp_escaped: Annotated[bool, "& stands as \\u0026 in the JSON of the H5Link"] = True
    scan: Annotated[
        Literal[
            "normal", "failure", "missing_token", "reload", "never", "expired", "never_redirect"
        ],
        "what becomes of a scan that the person completes",
    ] = "normal"
    double_question: Annotated[bool, "CallbackURL and parameters are joined with ??"] = False
    double_amp: Annotated[bool, "the parameters are joined with &&"] = False
