package dev.asyncloop;

import java.util.Arrays;
import java.util.List;

/**
 * How a thread holds its loop, told by its state and stack, and what to do about it.
 */
enum Hold {
    LOADS_A_CLASS(
            "loads or initialises a class",
            "That happens once; use the class early, or do the first call in `runInExecutor`"),
    RESOLVES_A_NAME(
            "resolves a host name", "DNS belongs into `runInExecutor`; AsyncHttpClient resolves without blocking"),
    READS_A_FILE("does file I/O", "File I/O belongs into `runInExecutor`"),
    WAITS_FOR_A_SOCKET(
            "waits for a socket in the JDK",
            "A client that blocks belongs into `Async.blocking` or behind @Blocking; AsyncHttpClient needs neither. If the"
                    + " other end is this application, a @Coroutine handler of it can't answer, and this waits for ever"),
    WAITS(
            "waits in the JDK",
            "A JDK call that blocks belongs into `Async.blocking` or behind @Blocking. If what it waits for comes from a"
                    + " coroutine of this loop it waits for ever: use `await`, a Channel or a Lock of dev.asyncloop.sync"),
    IS_READY(
            "could run, but the JDK's scheduler has no thread for it",
            "Other virtual threads compute or are pinned; CPU work belongs onto platform threads, such as those of"
                    + " `runInExecutor`"),
    CALLS_NATIVE_CODE("runs native code", "Native code that takes long belongs into `runInExecutor`"),
    COMPUTES("computes", "CPU work belongs into `runInExecutor`, or needs an `Async.checkpoint()` in its loop");

    private static final List<String> CLASS_LOADING = List.of(
            "java.lang.ClassLoader.", "jdk.internal.loader.", "java.net.URLClassLoader.", "java.lang.Class.forName");

    private static final List<String> NAMES =
            List.of("java.net.InetAddress", "java.net.Inet4AddressImpl", "java.net.Inet6AddressImpl");

    private static final List<String> FILES = List.of(
            "java.io.File",
            "java.io.RandomAccessFile",
            "java.nio.file.Files.",
            "sun.nio.fs.",
            "sun.nio.ch.FileChannelImpl",
            "sun.nio.ch.FileDispatcherImpl",
            "sun.nio.ch.UnixFileDispatcherImpl");

    private static final List<String> SOCKETS =
            List.of("sun.nio.ch.NioSocketImpl", "sun.nio.ch.SocketChannelImpl", "sun.nio.ch.ServerSocketChannelImpl");

    private final String what;

    private final String advice;

    Hold(String what, String advice) {
        this.what = what;
        this.advice = advice;
    }

    /** Returns what the thread does, as a part of a sentence. */
    String what() {
        return what;
    }

    /** Returns what to do about it in a coroutine. */
    String advice() {
        return advice;
    }

    /** Returns what to do about it in code on the event loop. */
    String adviceOnEventLoop() {
        return switch (this) {
            case WAITS, WAITS_FOR_A_SOCKET ->
                "Code on the event loop must not wait; have a coroutine do it, with `IOLoop.mono`. If what it waits for is"
                        + " a lock that a coroutine holds across an `await`, or comes from I/O of this loop, it waits for"
                        + " ever, or until a limit ends that coroutine: unlock before you await, or share a Lock of"
                        + " dev.asyncloop.sync between coroutines";
            default -> "Have a coroutine do it, with `IOLoop.mono`. " + advice;
        };
    }

    /** Tells what a thread does. Frames of the JDK below its code do not count: its callers have called that. */
    static Hold of(Thread.State state, StackTraceElement[] stack) {
        List<String> jdk = Arrays.stream(stack)
                .map(frame -> frame.getClassName() + "." + frame.getMethodName())
                .takeWhile(frame -> frame.startsWith("java.") || frame.startsWith("jdk.") || frame.startsWith("sun."))
                .toList();
        boolean initialises =
                Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("<clinit>"));
        if (initialises || any(jdk, CLASS_LOADING)) {
            return LOADS_A_CLASS;
        }
        if (any(jdk, NAMES)) {
            return RESOLVES_A_NAME;
        }
        if (any(jdk, FILES)) {
            return READS_A_FILE;
        }
        if (any(jdk, SOCKETS)) {
            return WAITS_FOR_A_SOCKET;
        }
        if (state != Thread.State.RUNNABLE) {
            return WAITS;
        }
        return stack.length > 0 && stack[0].isNativeMethod() ? CALLS_NATIVE_CODE : COMPUTES;
    }

    private static boolean any(List<String> frames, List<String> beginnings) {
        return frames.stream().anyMatch(frame -> beginnings.stream().anyMatch(frame::startsWith));
    }
}
