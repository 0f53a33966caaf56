"""From where somebody signs in, in words that tell him enough and a stranger little."""
from __future__ import annotations

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

_PROGRAMS = (
    ("Edg", "Edge"), ("OPR", "Opera"), ("MicroMessenger", "微信"), ("QQBrowser", "QQ浏览器"), ("Firefox", "Firefox"),
    ("Chrome", "Chrome"), ("Safari", "Safari"),
)
_SYSTEMS = (
    ("HarmonyOS", "HarmonyOS"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Kylin", "Kylin"), ("UOS", "UOS"), ("Linux", "Linux"),
)


def client_address(request: HttpRequest) -> str:
    """The address of who asks: the last one that our own proxy added, or the connection's where there is no proxy."""
    if settings.BEHIND_PROXY:
        passed_on = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-1].strip()
        if passed_on:
            return passed_on
    return request.META.get("REMOTE_ADDR", "")


def coarse(address: str) -> str:
    """The network of an address: 10.2.3.4 → 10.2.3.*, IPv6 its first 48 bits; "" for what is no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:
        return f"{address.rpartition('.')[0]}.*"
    return str(ipaddress.ip_network(f"{address}/48", strict=False).network_address)


def device_of(agent: str) -> str:
    """"Chrome 142 · Windows" from what a browser says of itself."""
    program = next((f"{name} {_version(agent, mark)}".strip() for mark, name in _PROGRAMS if f"{mark}/" in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return " · ".join(filter(None, (program, system)))


def _version(agent: str, mark: str) -> str:
    found = re.search(rf"{mark}/(\d+)", agent)
    return found[1] if found else ""
