package dev.asyncloop;

/**
 * Numbers of a loop at one moment; see {@link IOLoop#statistics()}.
 *
 * @param turns how many turns there were
 * @param started how many coroutines were started, callbacks and timers included
 * @param live how many of them have not ended
 * @param failures how many tasks have failed without anybody awaiting them; each is in the log
 */
public record LoopStatistics(long turns, long started, int live, long failures) {}
