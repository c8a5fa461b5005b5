#!/usr/bin/env bash
#
# Trains the published model on with the rows of one day, and publishes what comes out if it is good enough.
# Started again for the same day it goes on where it was stopped, or does nothing if that day is done.
#
#   nightly.sh [DAY] [OPTION...]      DAY: 2026-11-21 (today in UTC); OPTIONs go to bin/blockwise
#
# BLOCKWISE_CONF    configuration of the model                (conf/ag-news.conf)
# BLOCKWISE_RAW     folder with one folder of raw files a day (hdfs:///raw/news)
# BLOCKWISE_PARENT  data set of the first training            (ag-news)
# BLOCKWISE_DATA    what the configuration finds below it, such as word vectors
# BLOCKWISE_OUTPUT  where data sets, runs and models are      (hdfs:///blockwise)
#
# Exit codes: 0 published, 1 failed (start it again), 2 something to fix first, 3 not good enough to be published.

set -euo pipefail

home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
day=$(date -u +%F)
if [[ ${1:-} =~ ^[0-9] ]]; then
  day=$1
  shift
fi
parent=${BLOCKWISE_PARENT:-ag-news}

exec "$home/bin/blockwise" train "${BLOCKWISE_CONF:-$home/conf/ag-news.conf}" \
  --run-id "$day" \
  --set output="${BLOCKWISE_OUTPUT:-hdfs:///blockwise}" \
  --set data.path="${BLOCKWISE_RAW:-hdfs:///raw/news}/$day" \
  --set data.append-to="$parent" \
  --set data.name="$parent-$day" \
  --set warm-start.from=latest \
  --set 'publish.if=validation-accuracy >= latest - 0.005' \
  --set publish.keep=7 \
  "$@"
