"""A throw-away certificate authority, made with the openssl program."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
AUTHORITY = """[req]
distinguished_name=name
x509_extensions=extensions
prompt=no
[name]
CN=Throw-away authority
[extensions]
basicConstraints=critical,CA:TRUE
keyUsage=critical,keyCertSign
subjectKeyIdentifier=hash
"""
LEAF = "basicConstraints=CA:FALSE\nauthorityKeyIdentifier=keyid\nsubjectAltName={}\n"


@dataclass(frozen=True, slots=True)
class Authority:
    """Certificates for any name, trusted by nobody but `trusting()`."""

    folder: Path
    asked: list[str | None] = field(default_factory=list)
    """The names that callers asked for before a certificate was shown (SNI)."""

    def trusting(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "authority.pem"))

    def server(self, name: str) -> ssl.SSLContext:
        """A server with a certificate for `DNS:a.example` or `IP:127.0.0.1`."""
        (self.folder / "leaf.cnf").write_text(LEAF.format(name))
        self.openssl(
            "req", "-new", *NEW_KEY, "-subj", "/CN=leaf", "-keyout", "leaf.key", "-out", "leaf.csr"
        )
        self.openssl(
            *("x509", "-req", "-in", "leaf.csr", "-out", "leaf.pem", "-days", "2"),
            *("-CA", "authority.pem", "-CAkey", "authority.key", "-set_serial", "2"),
            *("-extfile", "leaf.cnf"),
        )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.folder / "leaf.pem", self.folder / "leaf.key")
        context.sni_callback = lambda _socket, asked, _context: self.asked.append(asked)
        return context

    def openssl(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)


def new_authority(folder: Path) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl program")
    authority = Authority(folder)
    (folder / "authority.cnf").write_text(AUTHORITY)
    authority.openssl(
        *("req", "-x509", *NEW_KEY, "-days", "2", "-config", "authority.cnf"),
        *("-keyout", "authority.key", "-out", "authority.pem"),
    )
    return authority
