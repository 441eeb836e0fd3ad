package dev.asyncloop;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a coroutine from outside.
 *
 * @param id its number on its loop
 * @param name its name
 * @param state what it does
 * @param waitsFor what it waits for, if it waits
 * @param waitsOutside whether only code outside of the loop can end its wait: a foreign stage, a {@code Mono}, a promise
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
        String doing = state.name().toLowerCase(java.util.Locale.ROOT);
        if (waitsFor != null) {
            doing += " for " + waitsFor + (waitsOutside ? ", which only code outside of the loop can end" : "");
        }
        return "#" + id + " '" + name + "' " + doing;
    }
}
