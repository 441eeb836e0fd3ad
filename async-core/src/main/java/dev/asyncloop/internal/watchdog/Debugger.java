package dev.asyncloop.internal.watchdog;

import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Whether this JVM runs under a debugger, where a break point would look like a slow callback.
 */
public final class Debugger {

    private Debugger() {}

    /** Returns whether this JVM was started for a debugger. Loads the JDK's management, so ask late. */
    public static boolean isPresent() {
        try {
            return isAskedFor(ManagementFactory.getRuntimeMXBean().getInputArguments());
        } catch (LinkageError | RuntimeException ex) {
            return false; // a JDK without its management
        }
    }

    static boolean isAskedFor(List<String> arguments) {
        return arguments.stream()
                .anyMatch(argument -> argument.startsWith("-agentlib:jdwp") || argument.startsWith("-Xrunjdwp"));
    }
}
