package dev.asyncloop.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SlotsTest {

    private final List<String> granted = new ArrayList<>();

    private record Waiter(String origin, String name, Runnable then, List<String> log) implements Slots.Candidate {

        @Override
        public void granted() {
            log.add(name);
            then.run();
        }
    }

    private Waiter waiter(String origin, String name) {
        return waiter(origin, name, () -> {});
    }

    private Waiter waiter(String origin, String name, Runnable then) {
        return new Waiter(origin, name, then, granted);
    }

    @Test
    void whoCameFirstIsNext() {
        Slots slots = new Slots(1, 1, 10);
        assertThat(slots.tryTake("a")).isTrue();
        assertThat(slots.tryTake("b")).isFalse();
        slots.queue(waiter("b", "b1"));
        slots.queue(waiter("a", "a1"));
        slots.queue(waiter("b", "b2"));
        for (String origin : List.of("a", "b", "a")) {
            slots.release(origin);
        }
        assertThat(granted).containsExactly("b1", "a1", "b2");
        assertThat(slots.active()).isEqualTo(1);
        assertThat(slots.queued()).isZero();
    }

    @Test
    void aBusyOriginBlocksNobodyElse() {
        Slots slots = new Slots(2, 1, 10);
        assertThat(slots.tryTake("a")).isTrue();
        assertThat(slots.tryTake("c")).isTrue();
        slots.queue(waiter("a", "a1"));
        slots.queue(waiter("b", "b1"));
        slots.release("c");
        assertThat(granted).containsExactly("b1");
        slots.release("a");
        assertThat(granted).containsExactly("b1", "a1");
    }

    @Test
    void whoLeavesIsSkippedAndTheNextOfItsOriginKeepsItsPlace() {
        Slots slots = new Slots(1, 1, 10);
        slots.tryTake("x");
        Waiter first = waiter("a", "a1");
        slots.queue(first);
        slots.queue(waiter("b", "b1"));
        slots.queue(waiter("a", "a2"));
        slots.leave(first);
        slots.leave(first);
        assertThat(slots.queued()).isEqualTo(2);
        slots.release("x");
        slots.release("b");
        assertThat(granted).containsExactly("b1", "a2");
    }

    @Test
    void aSlotGivenBackAtOnceGoesToTheNextWithoutRecursion() {
        Slots slots = new Slots(1, 1, 100_000);
        slots.tryTake("a");
        for (int i = 0; i < 100_000; i++) {
            slots.queue(waiter("a", "a", () -> slots.release("a")));
        }
        slots.release("a");
        assertThat(granted).hasSize(100_000);
        assertThat(slots.active()).isZero();
    }

    @Test
    void theLineHasARoomOfItsOwn() {
        Slots slots = new Slots(1, 1, 1);
        assertThat(slots.hasRoom(false)).isTrue();
        slots.tryTake("a");
        slots.queue(waiter("a", "a1"));
        assertThat(slots.hasRoom(false)).isFalse();
    }

    @Test
    void whoIsRedirectedFindsAsMuchMoreRoomAsThereAreSlots() {
        Slots slots = new Slots(2, 1, 1);
        slots.tryTake("a");
        slots.queue(waiter("a", "a1"));
        assertThat(slots.hasRoom(true)).isTrue();
        slots.queue(waiter("a", "a2"));
        slots.queue(waiter("a", "a3"));
        assertThat(slots.hasRoom(true)).isFalse();
    }

    @Test
    void aSlotThatNobodyHasCannotBeGivenBack() {
        Slots slots = new Slots(1, 1, 1);
        assertThatIllegalStateException().isThrownBy(() -> slots.release("a"));
    }
}
