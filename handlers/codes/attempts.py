"""Words in the `error` of a delivery's attempt: why your app could not be told."""

from collections.abc import Mapping

from handlers.codes.code import Code, by_name

ATTEMPTS: Mapping[str, Code] = by_name(
    Code(
        name="address_refused",
        meaning="The URL leads into a private network, or is none that is called.",
        mend="Use a public http(s) URL, or let an operator open your network with `LIKENESS_OUTBOUND_ALLOW`.",
        again=True,
    ),
    Code(
        name="name_unknown",
        meaning="The host's name could not be resolved.",
        mend="Compare the URL with your DNS.",
        again=True,
    ),
    Code(
        name="connect_failed",
        meaning="Nobody took the connection.",
        mend="See that your app listens on that port and that no firewall is in between.",
        again=True,
    ),
    Code(
        name="tls_failed",
        meaning="TLS could not be agreed upon, or the certificate does not hold.",
        mend="Serve a certificate that is valid for the host, with its whole chain.",
        again=True,
    ),
    Code(
        name="timeout",
        meaning="Your app did not answer within 15 seconds.",
        mend="Keep the event first, answer, and do what is slow afterwards.",
        again=True,
    ),
    Code(
        name="redirect",
        meaning="Your app answered with a redirect, and those are never followed.",
        mend="Name the URL at which you want to be told in the end.",
        again=True,
    ),
    Code(
        name="answer_broken",
        meaning="What came back was no HTTP.",
        mend="See what really listens at that URL.",
        again=True,
    ),
    Code(
        name="secret_unusable",
        meaning="The key's webhook secret cannot sign, so the delivery is dead at once.",
        mend="Run `likeness keys rotate-secret NAME`, put the new secret in place and replay the delivery.",
    ),
)
