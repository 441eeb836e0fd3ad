package dev.asyncloop;

import java.time.Duration;

/**
 * Numbers of a loop at one moment; see {@link IOLoop#statistics()}.
 *
 * @param turns how many turns there were
 * @param started how many coroutines were started, callbacks and timers included
 * @param live how many of them have not ended
 * @param failures how many tasks have failed without anybody awaiting them; each is in the log
 * @param slowCallbacks how many slow callbacks were reported; each is in the log
 * @param heldFor for how long somebody has held the turn, the carrier or the event loop by now; zero if nobody does, known
 *     to a quarter of {@link IOLoopOptions#slowCallback}, and never more than it is
 */
public record LoopStatistics(long turns, long started, int live, long failures, long slowCallbacks, Duration heldFor) {}
