"""W1 in JAX on the CPU, in double precision: one compiled loop over the periods; timed after compiling."""

import jax
import jax.numpy as jnp

import w1_game as game
from peer import report, timed

jax.config.update("jax_enable_x64", True)


def chance(values):
    """Expectation over the six walks, (3, STATES)."""
    grid = values.reshape((3,) + game.SHAPE)
    for v, (size, (down, stay, up)) in enumerate(zip(game.SHAPE, game.WALKS)):
        padding = [(0, 0)] * 7
        padding[v + 1] = (1, 1)
        padded = jnp.pad(grid, padding, mode="edge")
        below = jax.lax.slice_in_dim(padded, 0, size, axis=v + 1)
        above = jax.lax.slice_in_dim(padded, 2, size + 2, axis=v + 1)
        grid = down * below + stay * grid + up * above
    return grid.reshape(3, game.STATES)


def solver():
    """A compiled function from a number of periods to values at the start of play, (3, STATES)."""
    next_state, flow, costs = jnp.array(game.successors()), jnp.array(game.flow()), jnp.array(game.COSTS)

    def period(_, values):
        values = game.DISCOUNT * chance(values)
        for player in (2, 1, 0):
            worth = values[:, next_state[player]].at[player].add(-costs[player][:, None])
            policy = jax.nn.softmax(game.PRECISION * worth[player], axis=0)
            values = jnp.einsum("as,jas->js", policy, worth)
        return values + flow

    start = jnp.zeros((3, game.STATES))
    compiled = jax.jit(lambda periods: jax.lax.fori_loop(0, periods, period, start))
    return lambda periods: compiled(periods).block_until_ready()


def main():
    solve, setup = timed(solver)
    _, compiling = timed(solve, 1)
    values, seconds = timed(solve, game.PERIODS)
    report(seconds, game.check(values), setup, compiling)


if __name__ == "__main__":
    main()
