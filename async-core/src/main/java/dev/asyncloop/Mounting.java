package dev.asyncloop;

import org.jspecify.annotations.Nullable;

/**
 * What a thread is carried by, for who looks from outside. Of a virtual thread the JDK tells that in its text alone:
 * {@code VirtualThread[#22,name]/runnable@carrier}, with the state of the carrier's thread, while it is mounted.
 *
 * @param carrier the name of the carrier's thread; {@code null} of one that is not mounted, or that is no virtual thread
 * @param pinned whether the carrier waits together with the thread, which it can't put down
 */
record Mounting(@Nullable String carrier, boolean pinned) {

    private static final Mounting NONE = new Mounting(null, false);

    static Mounting of(Thread thread) {
        return thread.isVirtual() ? parse(thread.toString(), thread.threadId(), thread.getName()) : NONE;
    }

    static Mounting parse(String text, long id, String name) {
        String beginning = "VirtualThread[#" + id + (name.isEmpty() ? "" : "," + name) + "]/";
        int at = text.indexOf('@', Math.min(beginning.length(), text.length()));
        if (!text.startsWith(beginning) || at < 0) {
            return NONE;
        }
        return new Mounting(
                text.substring(at + 1), !text.substring(beginning.length(), at).equals("runnable"));
    }

    boolean isMounted() {
        return carrier != null;
    }
}
