package dev.asyncloop;

import dev.asyncloop.CoroutineInfo.Root;
import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.internal.turn.Successor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One look at the coroutines of a loop. By who has the turn; or, if that can't be had, beside whoever has it: then what that
 * one changes meanwhile may be missing, but nothing is shown twice or under somebody else.
 *
 * <p>Only so many are looked at, the oldest first: to look at a hundred thousand would take longer than anybody may keep the
 * turn. The stacks are another matter: they are taken by the thread that asks, one after the other, while the loop goes on.
 */
final class CoroutineTree {

    /**
     * What is looked for.
     *
     * @param limit so many are shown at most
     * @param depth and so deep
     * @param only the number of the one that is shown, with what it owns; zero for all
     */
    record Query(int limit, int depth, long only) {

        /** Without a limit. */
        static final Query ALL = new Query(Integer.MAX_VALUE, Integer.MAX_VALUE, 0);
    }

    private final DefaultIOLoop loop;

    private final Query query;

    private final boolean beside;

    private final long now;

    /** Those that were met, where one may be met twice: beside the turn. */
    private final Set<Coroutine<?>> met = new HashSet<>();

    /** Those that are shown. */
    private final Map<Long, Coroutine<?>> coroutines = new HashMap<>();

    private final List<CoroutineInfo> infos = new ArrayList<>();

    private CoroutineTree(DefaultIOLoop loop, Query query, boolean beside) {
        this.loop = loop;
        this.query = query;
        this.beside = beside;
        this.now = loop.clock().nanoTime();
        look();
    }

    /** Only by who has the turn. */
    static CoroutineTree inTurn(DefaultIOLoop loop, Query query) {
        return new CoroutineTree(loop, query, false);
    }

    /** Any thread, while somebody else has the turn. */
    static CoroutineTree beside(DefaultIOLoop loop, Query query) {
        return new CoroutineTree(loop, query, true);
    }

    /** Returns what was looked for. */
    List<CoroutineInfo> infos() {
        return Collections.unmodifiableList(infos);
    }

    /** Any thread. */
    List<CoroutineInfo> infosWithStacks() {
        return CoroutineInfo.withStacks(infos, this::stackOf);
    }

    /** Any thread. */
    CoroutineSnapshot snapshot(boolean stacks) {
        LoopStatistics numbers = loop.statistics();
        return new CoroutineSnapshot(
                stacks ? infosWithStacks() : infos(),
                coroutines.size(),
                Math.max(numbers.live(), coroutines.size()),
                numbers.states(),
                beside);
    }

    /** Returns the one of this number, if it is shown. */
    @Nullable
    Coroutine<?> coroutine(long id) {
        return coroutines.get(id);
    }

    /** Returns where the coroutine of this number is now; empty if it is not shown. Any thread. */
    List<StackTraceElement> stackOf(long id) {
        Coroutine<?> coroutine = coroutines.get(id);
        Thread thread = coroutine != null ? coroutine.thread() : null;
        return thread != null ? List.of(thread.getStackTrace()) : List.of();
    }

    // ---- who is there

    private void look() {
        if (query.only != 0) {
            lookForOne();
        } else {
            Deque<Place> places = new ArrayDeque<>();
            pushAll(places, loop.belongings(), coroutine -> new Place(coroutine, null, coroutine, infos, 1));
            look(places);
            lookAtLine(coroutine -> {
                places.push(new Place(coroutine, null, coroutine, infos, 1));
                look(places);
                return goesOn();
            });
        }
    }

    private boolean goesOn() {
        return coroutines.size() < query.limit;
    }

    /** What the loop owns belongs to it from its first turn on, and until then it stands in line. */
    private void lookAtLine(Predicate<Coroutine<?>> look) {
        Iterator<Successor> line = loop.turn().line();
        boolean goesOn = true;
        while (goesOn && line.hasNext()) {
            if (line.next() instanceof Coroutine<?> coroutine
                    && coroutine.parent() == null
                    && (beside || coroutine.thread() == null)) {
                goesOn = look.test(coroutine);
            }
        }
    }

    /**
     * One that is to be looked at, and where.
     * @param siblings where it is to be shown
     * @param depth of those the loop owns, 1
     */
    private record Place(
            Coroutine<?> coroutine,
            @Nullable Coroutine<?> owner,
            Coroutine<?> root,
            List<CoroutineInfo> siblings,
            int depth) {}

    /** Looks at these and what they own, as far as the limit goes: one and what it owns, then the next one. */
    private void look(Deque<Place> places) {
        Place next;
        while (goesOn() && (next = places.poll()) != null) {
            look(next, places);
        }
    }

    /** Puts what somebody owns before all others, those added first first; no more of it than can be shown. */
    private void pushAll(Deque<Place> places, @Nullable Belongings belongings, Function<Coroutine<?>, Place> placeOf) {
        List<Place> found = new ArrayList<>();
        int most = query.limit - coroutines.size();
        lookAt(belongings, coroutine -> {
            if (found.size() < most && !coroutine.isDone()) {
                found.add(placeOf.apply(coroutine));
            }
            return found.size() < most;
        });
        found.reversed().forEach(places::push);
    }

    private void lookAt(@Nullable Belongings belongings, Predicate<Coroutine<?>> look) {
        if (belongings == null) {
            return;
        }
        if (beside) {
            belongings.coroutinesBeside().reversed().forEach(look::test);
        } else {
            belongings.lookAtOldest(look);
        }
    }

    /** Somebody who owns others, and who is at the beginning of its chain of owners. */
    private record Owner(Coroutine<?> coroutine, Coroutine<?> root) {}

    /** However deep it is: a coroutine that starts another without end is one that somebody wants to cancel. */
    private void lookForOne() {
        Deque<Owner> owners = new ArrayDeque<>();
        lookAt(loop.belongings(), coroutine -> isElsewhere(coroutine, null, coroutine, owners));
        if (coroutines.isEmpty()) {
            lookAtLine(coroutine -> isElsewhere(coroutine, null, coroutine, owners));
        }
        Owner next;
        while (coroutines.isEmpty() && (next = owners.poll()) != null) {
            Owner owner = next;
            lookAt(owner.coroutine.owned(), coroutine -> isElsewhere(coroutine, owner.coroutine, owner.root, owners));
        }
    }

    /** Returns whether this is not the one that is looked for; then what it owns is still to be looked at. */
    private boolean isElsewhere(
            Coroutine<?> coroutine, @Nullable Coroutine<?> owner, Coroutine<?> root, Deque<Owner> owners) {
        if (coroutine.id() == query.only) {
            Deque<Place> places = new ArrayDeque<>();
            look(new Place(coroutine, owner, root, infos, 1), places);
            look(places);
        } else if (ownsAny(coroutine) && (!beside || met.add(coroutine))) {
            owners.add(new Owner(coroutine, root));
        }
        return coroutines.isEmpty();
    }

    private static boolean ownsAny(Coroutine<?> coroutine) {
        Belongings owned = coroutine.owned();
        return owned != null && !owned.isEmpty();
    }

    /** Those that have ended may still be kept, for a failure that may be awaited. */
    private void look(Place place, Deque<Place> places) {
        Coroutine<?> coroutine = place.coroutine;
        if (coroutine.isDone() || beside && !met.add(coroutine)) {
            return;
        }
        coroutines.put(coroutine.id(), coroutine);
        List<CoroutineInfo> children = new ArrayList<>(); // filled when it is their turn to be looked at
        place.siblings.add(info(coroutine, place.owner, place.root, Collections.unmodifiableList(children)));
        if (place.depth < query.depth) {
            pushAll(
                    places,
                    coroutine.owned(),
                    child -> new Place(child, coroutine, place.root, children, place.depth + 1));
        }
    }

    private CoroutineInfo info(
            Coroutine<?> coroutine, @Nullable Coroutine<?> owner, Coroutine<?> root, List<CoroutineInfo> children) {
        State state = coroutine.activity();
        Object subject = state == State.WAITING ? coroutine.waitsFor() : null;
        if (state == State.WAITING && subject == null) { // beside, it goes on between the two
            state = State.READY;
        }
        return new CoroutineInfo(
                coroutine.id(),
                coroutine.name(),
                describe(owner, coroutine),
                new Root(root.id(), root.name()),
                Duration.ofNanos(now - coroutine.startedAt()),
                state,
                subject != null ? describe(subject) : null,
                state == State.BLOCKING || subject != null && Subjects.isOutside(subject, loop),
                List.of(),
                children);
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
