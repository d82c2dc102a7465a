"""What our calls to clients and media may reach: not more of this network than was meant."""

from ipaddress import ip_network

from app.doctor.finding import Finding, fine, warning
from app.doctor.patient import Patient
from app.services import outbound_allow

CHECK = "outbound rules"
WIDE = {4: 8, 6: 16}
"""Bits of a network's prefix below which it is most of a world."""


async def check(patient: Patient) -> list[Finding]:
    allowed = [ip_network(text) for text in outbound_allow(patient.settings)]
    if not allowed:
        return [fine(CHECK, "Only public addresses are called.")]
    wide = [str(one) for one in allowed if one.prefixlen < WIDE[one.version]]
    loopback = [str(one) for one in allowed if one.is_loopback]
    if wide:
        return [
            warning(
                CHECK,
                f"Clients may make us call all of {', '.join(wide)}.",
                "Name single networks with LIKENESS_OUTBOUND_ALLOW, or none.",
            )
        ]
    if loopback and patient.settings.production:
        return [
            warning(
                CHECK,
                f"Clients may make us call this machine itself ({', '.join(loopback)}).",
                "Take it out of LIKENESS_OUTBOUND_ALLOW, unless an app of yours listens there.",
            )
        ]
    named = ", ".join(map(str, allowed))
    return [fine(CHECK, f"Public addresses are called, and of private networks {named}.")]
