package dev.asyncloop;

/**
 * What a loop is about; see {@link IOLoop#state()}.
 */
public enum LoopState {
    /** It runs what is ready, or has nothing to do. */
    RUNNING,
    /** Something holds it for longer than {@link IOLoopOptions#slowCallback}: {@link IOLoop#slowCallback()} says what. */
    BLOCKED,
    /**
     * Somebody is ready or a timer is due, and nobody has had a turn for longer than {@link IOLoopOptions#slowCallback}, but
     * nothing is seen that holds it: {@link LoopStatistics#stalledFor} says for how long.
     */
    STALLED,
    /** It takes no new work and lets coroutines finish. */
    CLOSING,
    /** It has ended. */
    CLOSED
}
