"""`scripts/check`: what a machine can judge without running the product, in under a minute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import frontends
import python_env
import steps
import weights
from places import ROOT, STATE
from results import Results


def main(arguments: list[str]) -> int:
    """Run the fast checks."""
    del arguments
    results = Results()
    STATE.mkdir(exist_ok=True)
    python_env.prepare(dev=True)
    python_env.compile_languages()
    with ThreadPoolExecutor() as pool:
        typed = pool.submit(steps.types)
        env = frontends.build()
        statics(results)
        for part in frontends.here():
            folder = ROOT / part
            for word in sorted(
                {"typecheck", "check", "lint", "house", "knip", "floor"} & steps.npm_words(folder)
            ):
                results.add(
                    steps.run(f"{part} {word}", ["npm", "run", "--silent", word], folder=folder, env=env)
                )
        results.add(typed.result())
    return results.close()


def statics(results: Results) -> None:
    """Everything about the source that needs no browser, database or Node."""
    for tally in steps.format_and_lint():
        results.add(tally)
    results.add(steps.migrations())
    results.add(steps.generated_documents())
    results.add(steps.commit_messages())
    results.add(steps.openapi())
    for tally in weights.measure():
        results.add(tally)
