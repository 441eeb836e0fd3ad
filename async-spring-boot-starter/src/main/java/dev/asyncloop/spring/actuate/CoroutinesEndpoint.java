package dev.asyncloop.spring.actuate;

import dev.asyncloop.CoroutineInfo;
import dev.asyncloop.CoroutineInfo.State;
import dev.asyncloop.CoroutineSnapshot;
import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/**
 * {@code /actuator/coroutines}: those that live, what each waits for and belongs to; cancels one. Answers while the loop is
 * blocked, and says so. Any thread but the loop's own; waits for the turn for 2 s at most, while somebody keeps it for 100 ms.
 */
@Endpoint(id = "coroutines")
public final class CoroutinesEndpoint {

    /** How many are shown if nobody asks for more or fewer. */
    static final int LIMIT = 1_000;

    /** How many are shown at most: they are looked at in one turn. */
    static final int MOST = 10_000;

    private static final String TEXT = "text/plain;charset=UTF-8";

    private final IOLoop loop;

    private final Supplier<Set<String>> periodics;

    /**
     * Makes an endpoint.
     * @param periodics the names of the periodic callbacks
     */
    public CoroutinesEndpoint(IOLoop loop, Supplier<Set<String>> periodics) {
        this.loop = loop;
        this.periodics = periodics;
    }

    /**
     * Returns the live coroutines as a tree.
     * @param limit how many at most, the oldest first; 1,000 by default, and never more than 10,000
     * @param stacks whether with their stacks
     */
    @ReadOperation
    public CoroutinesDescriptor coroutines(@Nullable Integer limit, @Nullable Boolean stacks) {
        CoroutineSnapshot seen = look(limit, stacks);
        LoopCondition condition = LoopCondition.of(loop);
        return new CoroutinesDescriptor(
                loop.name(),
                condition.state(),
                HeldBy.of(condition.blocked()),
                seen.beside(),
                seen.live(),
                seen.shown(),
                seen.live() - seen.shown(),
                seen.states(),
                describe(seen.coroutines()));
    }

    /** Returns the same as text. */
    @ReadOperation(produces = TEXT)
    public String textCoroutines(@Nullable Integer limit, @Nullable Boolean stacks) {
        return CoroutinesText.of(loop, look(limit, stacks));
    }

    private CoroutineSnapshot look(@Nullable Integer limit, @Nullable Boolean stacks) {
        int most = limit != null ? limit : LIMIT;
        if (most < 0) {
            throw new InvalidEndpointRequestException(
                    "The limit of coroutines to show must not be negative, but was " + most,
                    "The limit must not be negative; zero only counts");
        }
        return stacks != null && stacks
                ? loop.snapshotWithStacks(Math.min(most, MOST))
                : loop.snapshot(Math.min(most, MOST));
    }

    /** Returns one with what it owns, and their stacks; {@code null} if none of this number lives. */
    @ReadOperation
    public @Nullable CoroutineDescriptor coroutine(@Selector long id) {
        CoroutineInfo found = loop.coroutine(id);
        if (found == null) {
            return null;
        }
        LoopCondition condition = LoopCondition.of(loop);
        return new CoroutineDescriptor(
                loop.name(),
                condition.state(),
                HeldBy.of(condition.blocked()),
                describe(List.of(found)).getFirst());
    }

    /** Returns the same as text. */
    @ReadOperation(produces = TEXT)
    public @Nullable String textCoroutine(@Selector long id) {
        CoroutineInfo found = loop.coroutine(id);
        return found == null ? null : CoroutinesText.of(loop, found);
    }

    /** Cancels one, cooperatively, and returns whether it lived. */
    @DeleteOperation
    public boolean cancel(@Selector long id) {
        return cancel(id, null);
    }

    boolean cancel(long id, @Nullable String who) {
        return loop.cancel(id, (who != null ? "'" + who + "'" : "somebody") + " has asked the actuator for it");
    }

    private List<DescribedCoroutine> describe(List<CoroutineInfo> seen) {
        RootKinds kinds = new RootKinds(periodics.get());
        return seen.stream().map(one -> describe(one, kinds)).toList();
    }

    private static DescribedCoroutine describe(CoroutineInfo seen, RootKinds kinds) {
        CoroutineInfo.Root root = seen.root();
        return new DescribedCoroutine(
                seen.id(),
                seen.name(),
                seen.owner(),
                new BelongsTo(root.id(), root.name(), kinds.of(root.name())),
                seen.age(),
                seen.state(),
                seen.waitsFor(),
                seen.waitsOutside(),
                seen.stack().isEmpty() ? null : Stacks.text(seen.stack()),
                seen.children().stream().map(child -> describe(child, kinds)).toList());
    }

    /**
     * The coroutines of a loop.
     *
     * @param loop its name
     * @param state what it is about
     * @param blocked what holds it too long now, if anything does
     * @param beside whether the turn could not be had: what is started or ends at this moment may be missing
     * @param live how many live
     * @param shown how many are shown, children included
     * @param notShown how many are not
     * @param states how many of all are in each state
     * @param coroutines those that no other owns, the oldest first
     */
    public record CoroutinesDescriptor(
            String loop,
            LoopState state,
            @Nullable HeldBy blocked,
            boolean beside,
            int live,
            int shown,
            int notShown,
            Map<State, Integer> states,
            List<DescribedCoroutine> coroutines)
            implements OperationResponseBody {}

    /**
     * One coroutine of a loop.
     *
     * @param loop the name of the loop
     * @param state what the loop is about
     * @param blocked what holds it too long now, if anything does
     * @param coroutine the coroutine, with its stack
     */
    public record CoroutineDescriptor(
            String loop, LoopState state, @Nullable HeldBy blocked, DescribedCoroutine coroutine)
            implements OperationResponseBody {}

    /**
     * A coroutine.
     *
     * @param id its number
     * @param name its name
     * @param owner with whose end it ends
     * @param belongsTo who is at the beginning of its owners
     * @param age since it was started
     * @param state what it does
     * @param waitsFor what it waits for, if it does
     * @param waitsOutside whether code outside of the loop has to end its wait
     * @param stack where it is, innermost first, if that was asked for and it has begun
     * @param children what it owns, the oldest first
     */
    public record DescribedCoroutine(
            long id,
            String name,
            String owner,
            BelongsTo belongsTo,
            Duration age,
            State state,
            @Nullable String waitsFor,
            boolean waitsOutside,
            @Nullable List<String> stack,
            List<DescribedCoroutine> children) {}

    /**
     * What a coroutine belongs to.
     *
     * @param id the number of the coroutine at the beginning of its owners
     * @param name its name
     * @param kind what that is
     */
    public record BelongsTo(long id, String name, RootKind kind) {}
}
