"""Google's own protobufs read our webhook's answers: an unknown field or a wrong type is refused. {"es": [...], "cx": [...]}"""

import json
import sys

from google.cloud.dialogflow_v2.types import WebhookRequest as EsRequest
from google.cloud.dialogflow_v2.types import WebhookResponse as EsResponse
from google.cloud.dialogflowcx_v3.types import WebhookRequest as CxRequest
from google.cloud.dialogflowcx_v3.types import WebhookResponse as CxResponse
from google.protobuf import json_format

given = json.load(sys.stdin)
out = {"es": [], "cx": []}
for name, request, response in (("es", EsRequest, EsResponse), ("cx", CxRequest, CxResponse)):
    for asked, told in given[name]:
        json_format.ParseDict(asked, request.pb(request()))
        read = json_format.ParseDict(told, response.pb(response()))
        out[name].append(json_format.MessageToDict(read))
print(json.dumps(out))
