package dev.asyncloop;

import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.internal.turn.Successor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One look at the coroutines of a loop. By who has the turn; or, if that can't be had, beside whoever has it: then what that
 * one changes meanwhile may be missing, but nothing is shown twice or under somebody else.
 *
 * <p>The stacks are another matter: they are taken by the thread that asks, one after the other, while the loop goes on.
 */
final class CoroutineTree {

    private final DefaultIOLoop loop;

    private final boolean beside;

    private final long now;

    private final Map<Long, Coroutine<?>> coroutines = new HashMap<>();

    private final List<CoroutineInfo> roots;

    private CoroutineTree(DefaultIOLoop loop, boolean beside) {
        this.loop = loop;
        this.beside = beside;
        this.now = loop.clock().nanoTime();
        this.roots = roots();
    }

    /** Only by who has the turn. */
    static CoroutineTree inTurn(DefaultIOLoop loop) {
        return new CoroutineTree(loop, false);
    }

    /** Any thread, while somebody else has the turn. */
    static CoroutineTree beside(DefaultIOLoop loop) {
        return new CoroutineTree(loop, true);
    }

    List<CoroutineInfo> infos() {
        return roots;
    }

    /** Any thread. */
    List<CoroutineInfo> infosWithStacks() {
        return roots.stream().map(root -> root.withStacks(this::stackOf)).toList();
    }

    /** Returns where the coroutine of this number is now; empty if there is none. Any thread. */
    List<StackTraceElement> stackOf(long id) {
        Coroutine<?> coroutine = coroutines.get(id);
        Thread thread = coroutine != null ? coroutine.thread() : null;
        return thread != null ? List.of(thread.getStackTrace()) : List.of();
    }

    // ---- who is there

    private List<CoroutineInfo> roots() {
        List<CoroutineInfo> infos = new ArrayList<>();
        add(loop.belongings(), null, infos);
        Iterator<Successor> line = loop.turn().line();
        while (line.hasNext()) { // what the loop owns belongs to it from its first turn on
            if (line.next() instanceof Coroutine<?> coroutine && coroutine.parent() == null) {
                add(coroutine, null, infos);
            }
        }
        return Collections.unmodifiableList(infos);
    }

    private void add(Belongings belongings, @Nullable Coroutine<?> owner, List<CoroutineInfo> infos) {
        (beside ? belongings.coroutinesBeside() : belongings.coroutines())
                .reversed()
                .forEach(coroutine -> add(coroutine, owner, infos));
    }

    /** Those that have ended may still be kept, for a failure that may be awaited. */
    private void add(Coroutine<?> coroutine, @Nullable Coroutine<?> owner, List<CoroutineInfo> infos) {
        if (!coroutine.isDone() && coroutines.putIfAbsent(coroutine.id(), coroutine) == null) {
            infos.add(info(coroutine, owner));
        }
    }

    private CoroutineInfo info(Coroutine<?> coroutine, @Nullable Coroutine<?> owner) {
        Object subject = coroutine.waitsFor();
        State activity = coroutine.activity();
        List<CoroutineInfo> children = new ArrayList<>();
        add(coroutine.belongings(), coroutine, children);
        return new CoroutineInfo(
                coroutine.id(),
                coroutine.name(),
                describe(owner, coroutine),
                Duration.ofNanos(now - coroutine.startedAt()),
                activity,
                subject != null ? describe(subject) : null,
                activity == State.BLOCKING || subject != null && Subjects.isOutside(subject, loop),
                List.of(),
                Collections.unmodifiableList(children));
    }

    /** By whose list it stands in: who outlives the coroutine that has started it is the loop's. */
    private static String describe(@Nullable Coroutine<?> owner, Coroutine<?> owned) {
        if (owner == null) {
            return "loop";
        }
        return (owned.group() != null ? "group in coroutine #" : "coroutine #") + owner.id();
    }

    // ---- what it waits for

    /** The subject may be of an application's class: its {@code toString} must not keep the others from being seen. */
    private String describe(Object subject) {
        try {
            return Subjects.describe(subject, loop);
        } catch (RuntimeException | StackOverflowError ex) {
            return "a " + subject.getClass().getName();
        }
    }
}
