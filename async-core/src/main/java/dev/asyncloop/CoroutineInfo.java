package dev.asyncloop;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a coroutine from outside.
 *
 * @param id its number on its loop
 * @param name its name
 * @param state what it does
 * @param waitsFor what it waits for, if it waits
 * @param waitsOutside whether code outside of the loop has to end its wait, as far as one can tell: of a foreign stage, a
 *     {@code Mono}, a promise, a task of another loop, what depends on one of these, or of what blocks
 * @param children the coroutines that end with it, oldest first
 */
public record CoroutineInfo(
        long id,
        String name,
        State state,
        @Nullable String waitsFor,
        boolean waitsOutside,
        List<CoroutineInfo> children) {

    /** What a coroutine does. */
    public enum State {
        /** Has not had its first turn. */
        NEW,
        /** Has the turn. */
        RUNNING,
        /** Waits for its turn. */
        READY,
        /** Waits in {@link Async}, or in what is built on it. */
        WAITING,
        /** Is in {@link Async#blocking}. */
        BLOCKING
    }

    /** Returns coroutines and their children as text, a line each. */
    public static String tree(List<CoroutineInfo> coroutines) {
        StringBuilder text = new StringBuilder();
        coroutines.forEach(coroutine -> coroutine.appendTo(text, ""));
        return text.toString();
    }

    private void appendTo(StringBuilder text, String indent) {
        text.append(indent).append("- ").append(this).append(System.lineSeparator());
        children.forEach(child -> child.appendTo(text, indent + "  "));
    }

    /** Returns one line, without the children. */
    @Override
    public String toString() {
        String doing = state.name().toLowerCase(Locale.ROOT);
        if (waitsFor != null) {
            doing += " for " + waitsFor + (waitsOutside ? ", which is for code outside of the loop to end" : "");
        }
        return "#" + id + " '" + name + "' " + doing;
    }
}
