package dev.asyncloop;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What can be seen of a coroutine from outside; see {@link IOLoop#coroutines()}.
 *
 * @param id its number on its loop
 * @param name its name
 * @param owner with whose end it ends: {@code loop}, {@code coroutine #3}, or {@code group in coroutine #3}
 * @param root who is at the beginning of its chain of owners, which may be itself: a request, a run of a periodic callback
 * @param age how long ago it was started, by the loop's clock; before its first turn, too
 * @param state what it does
 * @param waitsFor what it waits for, if it waits
 * @param waitsOutside whether code outside of the loop has to end its wait, as far as one can tell: of a foreign stage, a
 *     {@code Mono}, a promise, a task of another loop, what depends on one of these, or of what blocks
 * @param stack where it is, innermost first; empty if that was not asked for, before its first turn, and after its end
 * @param children the coroutines that end with it, oldest first
 */
public record CoroutineInfo(
        long id,
        String name,
        String owner,
        Root root,
        Duration age,
        State state,
        @Nullable String waitsFor,
        boolean waitsOutside,
        List<StackTraceElement> stack,
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
        /** Is in {@link Async#blocking}; or in a wait of the JDK's, where {@link SwitchOn#ANY} has that give way. */
        BLOCKING
    }

    /**
     * A coroutine that is owned by no other.
     *
     * @param id its number on its loop
     * @param name its name
     */
    public record Root(long id, String name) {}

    /** Returns coroutines and their children as text, a line each, with the stacks where there are some. */
    public static String tree(List<CoroutineInfo> coroutines) {
        StringBuilder text = new StringBuilder();
        coroutines.forEach(coroutine -> coroutine.appendTo(text, ""));
        return text.toString();
    }

    private void appendTo(StringBuilder text, String indent) {
        text.append(indent).append("- ").append(this).append(System.lineSeparator());
        for (StackTraceElement frame : stack) {
            text.append(indent).append("      at ").append(frame).append(System.lineSeparator());
        }
        children.forEach(child -> child.appendTo(text, indent + "  "));
    }

    /** Some that are to be copied, and to where. */
    private record Copies(List<CoroutineInfo> from, List<CoroutineInfo> to) {}

    /** Returns the same with stacks, of the children as well, however deep they are. */
    static List<CoroutineInfo> withStacks(List<CoroutineInfo> infos, LongFunction<List<StackTraceElement>> stackOf) {
        List<CoroutineInfo> result = new ArrayList<>();
        Deque<Copies> rest = new ArrayDeque<>();
        rest.push(new Copies(infos, result));
        Copies next;
        while ((next = rest.poll()) != null) {
            for (CoroutineInfo info : next.from) {
                List<CoroutineInfo> children = new ArrayList<>();
                next.to.add(info.with(stackOf.apply(info.id), Collections.unmodifiableList(children)));
                if (!info.children.isEmpty()) {
                    rest.push(new Copies(info.children, children));
                }
            }
        }
        return Collections.unmodifiableList(result);
    }

    private CoroutineInfo with(List<StackTraceElement> stack, List<CoroutineInfo> children) {
        return new CoroutineInfo(id, name, owner, root, age, state, waitsFor, waitsOutside, stack, children);
    }

    /** Returns one line, without the stack and the children. */
    @Override
    public String toString() {
        String number = "#" + id;
        String who = name.contains(number) ? name : number + " '" + name + "'"; // a made-up name has the number in it
        String doing = state.name().toLowerCase(Locale.ROOT);
        if (waitsFor != null) {
            doing += " for " + waitsFor + (waitsOutside ? ", which is for code outside of the loop to end" : "");
        }
        return who + " " + doing + ", " + inWords(age) + " old";
    }

    private static String inWords(Duration age) {
        if (age.toSeconds() < 1) {
            return age.toMillis() + " ms";
        }
        if (age.toMinutes() < 2) {
            return age.toMillis() / 1000 + "." + age.toMillis() / 100 % 10 + " s";
        }
        if (age.toHours() < 2) {
            return age.toMinutes() + " min";
        }
        return age.toDays() < 2 ? age.toHours() + " h" : age.toDays() + " days";
    }
}
