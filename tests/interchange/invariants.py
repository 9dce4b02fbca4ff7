"""What FHIR demands of these resources beyond their shape, as its definitions write it (FHIRPath).

From the StructureDefinitions of Consent, Bundle, Attachment, Reference and Period in 4.0.1 (4.3.0 says the same) and
5.0.0. `fhir.resources` checks shapes and lets these pass. Consent in R5 has none of its own any more.
"""

from typing import Final

from messenger.interchange.resources import Release

Invariant = tuple[str, str]

_BOTH: Final[tuple[Invariant, ...]] = (
    ("att-1", "sourceAttachment.all(data.empty() or contentType.exists())"),
    ("per-1", "(period | provision.period).all(start.empty() or end.empty() or start <= end)"),
    ("ext-1", "(extension | provision.extension | provision.provision.extension).all(valueCode.exists())"),
    ("dom-2", "contained.empty()"),
)

CONSENT: Final[dict[Release, tuple[Invariant, ...]]] = {
    "r4": (
        ("ppc-1", "policy.exists() or policyRule.exists()"),
        ("ppc-2", "patient.exists() or scope.coding.where(code='patient-privacy').exists().not()"),
        ("ppc-3", "patient.exists() or scope.coding.where(code='research').exists().not()"),
        ("ppc-4", "patient.exists() or scope.coding.where(code='adr').exists().not()"),
        ("ppc-5", "patient.exists() or scope.coding.where(code='treatment').exists().not()"),
        ("the root rule has no type", "provision.type.exists().not()"),
        ("every rule below it has one", "provision.provision.all(type.exists())"),
        *_BOTH,
    ),
    "r5": (
        ("a provision turns the base decision round", "decision = 'deny' and provision.exists()"),
        ("ref-2", "(subject | grantor | grantee | controller).all(reference.exists() or identifier.exists())"),
        *_BOTH,
    ),
}

BUNDLE: Final[tuple[Invariant, ...]] = (
    ("bdl-1", "total.empty() or (type = 'searchset') or (type = 'history')"),
    ("bdl-2", "entry.search.empty() or (type = 'searchset')"),
    ("bdl-5", "entry.all(resource.exists() or request.exists() or response.exists())"),
    ("bdl-7", "entry.fullUrl.isDistinct()"),
    ("bdl-8", "entry.fullUrl.all(contains('/_history/').not())"),
)
