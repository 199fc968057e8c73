"""What lies between this computer and a mirror: proxies, and certificates."""

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest
from patience import PATIENCE
from test_bad_days import (
    hang_before_headers,
    load,
    other_process,
    patient,  # noqa: F401, a fixture for every test
    posix,
)

from d2lhelpers import data
from d2lhelpers.data import DataUnavailable
from d2lhelpers.files import download, transfer


def test_a_proxy_is_used(serve, monkeypatch):
    proxy = serve()
    monkeypatch.setenv("D2LHELPERS_MIRRORS", "http://mirror.invalid")
    monkeypatch.setenv("http_proxy", proxy.address)
    load()
    assert proxy.asked[0] == f"http://mirror.invalid/FashionMNIST/{download.FILES[0]}.gz"


def test_a_proxy_for_https_is_asked_for_a_tunnel_and_named_when_it_refuses(serve, monkeypatch):
    proxy = serve(lambda request: request.send_error(403))
    monkeypatch.setenv("D2LHELPERS_MIRRORS", "https://mirror.invalid")
    monkeypatch.setenv("HTTPS_PROXY", proxy.address)
    with pytest.raises(DataUnavailable, match="403") as raised:
        data.load_fashion_mnist(strict=True)
    assert f"through the proxy {proxy.address.removeprefix('http://')}: " in str(raised.value)
    assert proxy.asked == ["mirror.invalid:443"]


@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:9", "http://me:secret@127.0.0.1:9/", "127.0.0.1:9"]
)
def test_a_proxy_that_points_nowhere_is_named_without_its_password(tiny, monkeypatch, proxy):
    monkeypatch.setenv("D2LHELPERS_MIRRORS", "http://mirror.invalid")
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(DataUnavailable) as raised:
        data.load_fashion_mnist(strict=True)
    assert (
        "http://mirror.invalid/FashionMNIST/ through the proxy 127.0.0.1:9: no connection"
        in str(raised.value)
    )
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:port", "http://[", "nonsense", "http://"])
def test_a_proxy_that_is_no_address_is_an_error_and_no_hang(tiny, monkeypatch, proxy, capfd):
    monkeypatch.setenv("D2LHELPERS_MIRRORS", "http://mirror.invalid")
    monkeypatch.setenv("http_proxy", proxy)
    with pytest.raises(DataUnavailable, match=r"no connection \("):
        data.load_fashion_mnist(strict=True)
    assert "Traceback" not in capfd.readouterr().err


def test_a_proxy_that_hangs_is_named(serve, monkeypatch):
    monkeypatch.setattr(transfer, "STALL", 1.0)
    proxy = serve(hang_before_headers)
    monkeypatch.setenv("D2LHELPERS_MIRRORS", "http://mirror.invalid")
    monkeypatch.setenv("http_proxy", proxy.address)
    with pytest.raises(DataUnavailable, match=r"through the proxy 127\.0\.0\.1:.*Read timed out"):
        data.load_fashion_mnist(strict=True)


def test_a_host_that_needs_no_proxy_gets_none(serve, monkeypatch):
    serve()
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    load()


def serve_securely(serve, folder: Path) -> Path:
    """A mirror with a certificate that only its own authority, a file, vouches for."""
    if not shutil.which("openssl"):
        pytest.skip("needs openssl to make a certificate")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-subj",
        "/CN=127.0.0.1",
        "-days",
        "2",
    ]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True)
    mirror = serve()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    mirror.socket = context.wrap_socket(mirror.socket, server_side=True)
    return certificate


@posix
@pytest.mark.parametrize("trusted", [True, False])
def test_a_certificate_counts_where_the_system_or_certifi_trusts_it(
    serve, tmp_path, monkeypatch, trusted
):
    certificate = serve_securely(serve, tmp_path)
    address = os.environ["D2LHELPERS_MIRRORS"].replace("http:", "https:")
    monkeypatch.setenv("D2LHELPERS_MIRRORS", address)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    out = other_process(tmp_path / "cache").communicate(timeout=PATIENCE)[0]
    if trusted:
        assert out.split() == ["whole"]
    else:
        assert "CERTIFICATE_VERIFY_FAILED" in out
