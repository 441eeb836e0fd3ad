package dev.asyncloop.internal.carrier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.asyncloop.internal.turn.Lender;
import java.util.ArrayDeque;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A slice at whose end something fails swallows no wake-up that comes later. */
class LendingFailureTest {

    private final Queue<Runnable> carrier = new ArrayDeque<>();

    @Test
    void aWakeUpAfterALendingThatHasFailedStillRunsTheThread() {
        int[] slices = new int[1];
        Runnable continuation = () -> slices[0]++;
        LendingScheduler scheduler = new LendingScheduler(new Failing(), carrier::add);
        for (int i = 1; i <= 3; i++) {
            scheduler.execute(continuation);
            assertThatThrownBy(() -> carrier.remove().run()).isInstanceOf(OutOfMemoryError.class);
            assertThat(slices[0]).isEqualTo(i);
        }
    }

    private static final class Failing implements Lender {

        @Override
        public boolean mayLend() {
            return true;
        }

        @Override
        public void lend() {
            throw new OutOfMemoryError("pretended");
        }

        @Override
        public boolean hasLent() {
            return false;
        }

        @Override
        public void getBack(Runnable go) {
            throw new AssertionError("Nothing was lent");
        }
    }
}
