#!/bin/sh
# The API by curl alone: takes a snapshot, records three seconds, downloads both, and fetches the newest picture.
#
#   CAMERA_SERVICE_TOKEN=$(npx camera-service token create --role operator) sh examples/curl.sh [http://127.0.0.1:8002] [camera0]
set -eu
base=${1:-http://127.0.0.1:8002}
device=${2:-camera0}
: "${CAMERA_SERVICE_TOKEN:?set it to a token of role operator or admin}"

# rpc METHOD PARAMS: prints the reply, and ends the script where it is an error
rpc() {
  reply=$(curl -sS "$base/rpc" -H "Authorization: Bearer $CAMERA_SERVICE_TOKEN" \
    -d "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"$1\",\"params\":$2}")
  case $reply in
    *'"error":'*) echo "$reply" >&2; exit 1 ;;
  esac
  echo "$reply"
}

# field NAME: the first text of that name in the JSON on stdin; use jq for anything more
field() {
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p"
}

rpc get_camera_status "{\"device\":\"$device\"}"

snapshot=$(rpc take_snapshot "{\"device\":\"$device\"}")
echo "$snapshot"
curl -sS --fail -OJ "$base$(echo "$snapshot" | field download_url)"

rpc start_recording "{\"device\":\"$device\"}"
sleep 3
recording=$(rpc stop_recording "{\"device\":\"$device\"}")
echo "$recording"

# With a login, a file is fetched by its name; -r takes a part of it.
name=$(echo "$recording" | field filename)
curl -sS --fail -o "$name" -H "Authorization: Bearer $CAMERA_SERVICE_TOKEN" "$base/files/recordings/$name"

# The newest picture, at most half a second old, without making a file of it in the service.
curl -sS --fail -o still.jpg -H "Authorization: Bearer $CAMERA_SERVICE_TOKEN" \
  "$base/media/$device/still.jpg?max_age_ms=500&width=640"

ls -l "$(echo "$snapshot" | field filename)" "$name" still.jpg
