# Blockwise for Kubernetes: Spark's image with one file in it.
#
#   mvn -Pdistribution package
#   docker build -t registry.example.org/blockwise:VERSION .
#   docker build -t registry.example.org/blockwise:VERSION-cuda \
#     --build-arg BASE=nvidia/cuda:12.8.1-runtime-ubuntu22.04 --build-arg JAR=path/to/a/job/jar/of/profile/cuda-torch .
#
# SPARK is where Spark, Java and the entry point come from, BASE what they are put on: any Linux for x86-64 with apt and
# glibc 2.35 or newer (libtorch). JAR is a job jar, relative to this folder.
ARG SPARK=apache/spark:3.5.5-scala2.12-java17-ubuntu
ARG BASE=ubuntu:22.04

FROM ${SPARK} AS spark

FROM ${BASE}
ARG JAR=distribution/job-torch/target/blockwise-job-torch-*.jar

# What Spark's entry point needs.
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends tini libnss-wrapper libgomp1 procps ca-certificates \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --system --gid 185 spark \
 && useradd --system --uid 185 --gid spark --home-dir /opt/spark --no-create-home spark \
 && mkdir -p /opt/spark/work-dir \
 && ln -sf /bin/bash /bin/sh

COPY --from=spark /opt/java/openjdk /opt/java/openjdk
COPY --from=spark /opt/entrypoint.sh /opt/entrypoint.sh
COPY --from=spark /opt/spark/bin /opt/spark/bin
COPY --from=spark /opt/spark/sbin /opt/spark/sbin
COPY --from=spark /opt/spark/jars /opt/spark/jars

# Named without its version, so that it has one address: local:///opt/blockwise/blockwise.jar
COPY ${JAR} /opt/blockwise/blockwise.jar
COPY conf /opt/blockwise/conf
COPY bin/find-gpus /opt/blockwise/bin/find-gpus
COPY LICENSE NOTICE /opt/blockwise/

ENV JAVA_HOME=/opt/java/openjdk \
    SPARK_HOME=/opt/spark \
    PATH=/opt/java/openjdk/bin:/opt/spark/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    LOG4J_CONFIGURATION_FILE=/opt/blockwise/conf/log4j2.properties

# Nothing in the image is written to: local directories and /tmp are volumes of the pod.
WORKDIR /opt/spark/work-dir
USER 185
ENTRYPOINT ["/opt/entrypoint.sh"]
