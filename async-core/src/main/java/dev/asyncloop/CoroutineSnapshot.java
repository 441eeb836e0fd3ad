package dev.asyncloop;

import dev.asyncloop.CoroutineInfo.State;
import java.util.List;
import java.util.Map;

/**
 * One look at the coroutines of a loop, of which so many are shown; see {@link IOLoop#snapshot(int)}.
 *
 * @param coroutines those owned by the loop, oldest first, each with its children
 * @param shown how many of them are shown, children included
 * @param live how many there are, a moment later
 * @param states how many of all are in each state: {@link LoopStatistics#states}
 * @param beside whether the turn could not be had, so that this was looked at beside who has it: what that one starts or ends
 *     meanwhile may be missing
 */
public record CoroutineSnapshot(
        List<CoroutineInfo> coroutines, int shown, int live, Map<State, Integer> states, boolean beside) {}
