"""Codes in a submission's `error`: why it has ended without a result."""

from collections.abc import Mapping

from handlers.codes.code import Code, by_name

ENDINGS: Mapping[str, Code] = by_name(
    Code(
        name="asset_missing",
        meaning="The provider no longer has the asset or the group.",
        mend="Make the asset anew, and name the new one.",
    ),
    Code(
        name="asset_rejected",
        meaning="The provider does not take the picture, film or recording: its type, size, shape, length or sound.",
        mend="`provider_code` says what is wrong with it; send another.",
    ),
    Code(
        name="canceled",
        meaning="You canceled it. Outputs that were paid for and come late stand in `late_result`.",
        mend="Submit it again, if it is wanted after all.",
    ),
    Code(
        name="content_moderation",
        meaning="The provider's moderation refused the picture, the words or what came of them.",
        mend="Change the picture or the prompt. With `retryable` true another try may pass.",
        again=None,
    ),
    Code(
        name="dependency_failed",
        meaning="Another submission, on which it is built, did not end well, is gone, or has nothing of the kind.",
        mend="Mend the other one first; `message` names it.",
    ),
    Code(
        name="expired",
        meaning="Its time (`LIKENESS_DEADLINE_S`) was over before it was done.",
        mend="Submit it again; the timeline says what it waited for.",
        again=True,
    ),
    Code(
        name="face_mismatch",
        meaning="The face in the asset is not that of the person who did the face scan.",
        mend="Take a picture of the same person, alone and from the front.",
    ),
    Code(
        name="insufficient_balance",
        meaning="The account at the provider has no money left.",
        mend="An operator tops it up; then submit it again.",
    ),
    Code(
        name="invalid_input",
        meaning="The provider refused a field, though its form was right.",
        mend="`message` says which and why, in the provider's words.",
    ),
    Code(
        name="media_missing",
        meaning="What the input names (an upload, another submission's output) is there no more.",
        mend="Upload it again, or name another one.",
    ),
    Code(
        name="media_too_large",
        meaning="What another submission has made is too large to be sent along, and the provider cannot fetch it "
        "from this Likeness, which does not know its own address.",
        mend="An operator sets `LIKENESS_PUBLIC_URL`; then submit it again.",
    ),
    Code(
        name="media_unreachable",
        meaning="The provider could not fetch a URL of the input.",
        mend="Make it public and lasting, or send the file through `POST /v1/uploads`.",
    ),
    Code(
        name="no_outputs",
        meaning="The provider says that it is done, and shows no output that can be used.",
        mend="Submit it again; tell the provider, if it stays.",
    ),
    Code(
        name="outcome_unknown",
        meaning="The paid call was cut off, and nobody could tell within `LIKENESS_SETTLE_S` whether it counted. "
        "It was not sent again, because it may have been billed.",
        mend="Look at the provider's own list of jobs; submit it again, if it is not there. "
        "Outputs that come after all stand in `late_result`.",
    ),
    Code(
        name="provider_auth",
        meaning="The provider does not take this Likeness's key.",
        mend="An operator puts a good key in place; `likeness doctor` tries each.",
    ),
    Code(
        name="provider_canceled",
        meaning="The job was canceled at the provider.",
        mend="Submit it again, if it is still wanted.",
    ),
    Code(
        name="provider_deleted",
        meaning="The job was deleted at the provider.",
        mend="Submit it again, if it is still wanted.",
    ),
    Code(
        name="provider_expired",
        meaning="The provider did not come to the job in time.",
        mend="Submit it again, or at another hour.",
        again=True,
    ),
    Code(
        name="provider_failed",
        meaning="The provider could not do it; `message` and `provider_code` are its own words.",
        mend="Mostly the picture, the recording or the prompt: change it.",
    ),
    Code(
        name="provider_lost",
        meaning="The provider no longer has the job.",
        mend="Submit it again.",
        again=True,
    ),
    Code(
        name="provider_refused",
        meaning="The provider refused the call; `message` and `provider_code` are its own words.",
        mend="Do what `message` says; often the account lacks a permission.",
    ),
    Code(
        name="provider_timeout",
        meaning="The provider ran out of time over the job.",
        mend="Submit something smaller: a shorter recording, a smaller picture.",
    ),
    Code(
        name="provider_unavailable",
        meaning="The provider had an error of its own.",
        mend="Submit it again a little later.",
        again=True,
    ),
    Code(
        name="public_url_missing",
        meaning="The provider would have to fetch media from this Likeness, which does not know its own address.",
        mend="An operator sets `LIKENESS_PUBLIC_URL`; then submit it again.",
    ),
    Code(
        name="quota_exceeded",
        meaning="The account at the provider has all the groups, assets or jobs that it may have.",
        mend="Delete what is not needed any more; `message` says how.",
        again=True,
    ),
    Code(
        name="scan_expired",
        meaning="Nobody finished the face scan before its link ended.",
        mend="Submit it again, and give the person the new link.",
        again=True,
    ),
)
