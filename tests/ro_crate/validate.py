"""Validates archives as Process Run Crates, with what the profile recommends. The JSON-LD context comes from the
package rocrate, so the network is not needed.

usage: validate.py ARCHIVE...
"""
import io
import pathlib
import sys
import urllib.response

import rdflib.parser
import requests
import rocrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

# The service knows neither people nor their organisations.
UNKNOWN = {
    "ro-crate-1.1_30.2",  # affiliation of the author
    "ro-crate-1.1_30.3",
    "ro-crate-1.1_31.2",  # address of the publisher
}
CONTEXT = "https://w3id.org/ro/crate/1.1/context"
text = (pathlib.Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld").read_bytes()


HEADERS = {"content-type": "application/ld+json"}


def known(address):
    assert address == CONTEXT, f"the archive refers to {address}"


def open_known(request):
    known(request.full_url)
    return urllib.response.addinfourl(io.BytesIO(text), HEADERS, CONTEXT)


def get_known(self, address, **_):
    known(address)
    response = requests.Response()
    response.status_code, response.raw, response.url = 200, io.BytesIO(text), address
    response.headers.update(HEADERS)
    return response


rdflib.parser._urlopen = open_known
HttpRequester.get = get_known
failed = False
for archive in sys.argv[1:]:
    settings = services.ValidationSettings(
        rocrate_uri=archive,
        profile_identifier="process-run-crate",
        requirement_severity=models.Severity.RECOMMENDED,
        skip_availability_check=True,
    )
    result = services.validate(settings)
    issues = result.get_issues(models.Severity.RECOMMENDED)
    for issue in (issue for issue in issues if issue.check.identifier not in UNKNOWN):
        print(f"{archive}: {issue.severity.name}: {issue.message} ({issue.check.identifier})")
        failed = True
    print(f"{archive}: {len(result.executed_checks)} checks")
sys.exit(failed)
