package dev.asyncloop.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.asyncloop.IOLoop;
import dev.asyncloop.LoopState;
import dev.asyncloop.SlowCallback;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What changes between two looks; the loop is one that answers as it is told. */
class LoopConditionTest {

    private final IOLoop loop = mock(IOLoop.class);

    private final SlowCallback blocked =
            new SlowCallback(SlowCallback.Held.TURN, "GET /", Duration.ofMillis(100), 0, "runs", "run less", List.of());

    @Test
    void whatIsBlockedMeanwhileIsBlocked() {
        when(loop.state()).thenReturn(LoopState.STALLED);
        when(loop.slowCallback()).thenReturn(blocked);
        assertThat(LoopCondition.of(loop)).isEqualTo(new LoopCondition(LoopState.BLOCKED, blocked));
    }

    @Test
    void whatIsSeenByTheSecondLookOnlyIsLookedForAgain() {
        when(loop.slowCallback()).thenReturn(null, blocked);
        when(loop.state()).thenReturn(LoopState.BLOCKED);
        assertThat(LoopCondition.of(loop)).isEqualTo(new LoopCondition(LoopState.BLOCKED, blocked));
    }

    @Test
    void whatIsOverByThenIsNotBlocked() {
        when(loop.slowCallback()).thenReturn(null);
        when(loop.state()).thenReturn(LoopState.BLOCKED, LoopState.RUNNING);
        assertThat(LoopCondition.of(loop)).isEqualTo(new LoopCondition(LoopState.RUNNING, null));
    }
}
