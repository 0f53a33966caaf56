"""Delegations for programs: one's own, with the same refusals."""
from __future__ import annotations

from rest_framework import serializers

from portal.workflow.api import StagedSerializer, route

from .models import Delegation
from .workflow import DELEGATION


class DelegationSerializer(StagedSerializer):
    role = serializers.CharField(read_only=True)
    principal = serializers.CharField(source="membership.user.name", read_only=True)
    delegate = serializers.CharField(source="delegate.name", read_only=True)
    organisation = serializers.CharField(source="membership.organisation.name", read_only=True)

    class Meta:
        model = Delegation
        fields = [
            "id", "state", "state_label", "organisation", "role", "codes", "principal", "delegate", "starts_on", "ends_on", "reason",
            "granted_at", "ended_at", "revoked_at", "ending",
        ]


def base_queryset(self):
    return Delegation.objects.select_related("membership__user", "membership__organisation", "delegate")


routes = [route("delegations", DELEGATION, DelegationSerializer, base_queryset=base_queryset)]
