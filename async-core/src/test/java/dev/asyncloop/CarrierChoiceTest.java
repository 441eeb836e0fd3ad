package dev.asyncloop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class CarrierChoiceTest {

    private static final IllegalStateException FAILURE = new IllegalStateException("it did not wake up");

    private final CarrierChoice healthy = new CarrierChoice(true, null);

    private final CarrierChoice withoutFlag = new CarrierChoice(false, new IllegalAccessException("not open"));

    private final CarrierChoice broken = new CarrierChoice(true, FAILURE);

    @Test
    void theEventLoopCarrierIsTakenWhereItWorks() {
        assertThat(healthy.choose(null)).isEqualTo(Carrier.EVENT_LOOP);
        assertThat(healthy.choose(Carrier.EVENT_LOOP)).isEqualTo(Carrier.EVENT_LOOP);
        assertThat(healthy.choose(Carrier.JDK)).isEqualTo(Carrier.JDK);
    }

    @Test
    void aFailedSelfTestIsWarnedOfOnceWithTheJdkAndTheWayOut() {
        try (CapturedLog log = new CapturedLog()) {
            assertThat(broken.choose(null)).isEqualTo(Carrier.JDK);
            assertThat(broken.choose(null)).isEqualTo(Carrier.JDK);
            assertThat(log.messages())
                    .singleElement()
                    .satisfies(message -> assertThat(message)
                            .contains("it did not wake up")
                            .contains(Runtime.version().toString())
                            .contains("Carrier.JDK")
                            .contains("ioloop.carrier=jdk"));
        }
    }

    @Test
    void nothingIsSaidToWhoAskedForTheJdksOrHasNoFlag() {
        try (CapturedLog log = new CapturedLog()) {
            assertThat(broken.choose(Carrier.JDK)).isEqualTo(Carrier.JDK);
            assertThat(withoutFlag.choose(null)).isEqualTo(Carrier.JDK);
            assertThat(log.messages()).isEmpty();
        }
    }

    @Test
    void theEventLoopCarrierThatCannotBeHadIsRefusedWithTheReasonAndTheWayOut() {
        assertThatThrownBy(() -> broken.choose(Carrier.EVENT_LOOP))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("it did not wake up")
                .hasMessageContaining(Runtime.version().toString())
                .hasMessageContaining("ioloop.carrier=jdk")
                .hasMessageNotContaining("--add-opens")
                .hasCause(FAILURE);
        assertThatThrownBy(() -> withoutFlag.choose(Carrier.EVENT_LOOP))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("--add-opens java.base/java.lang=ALL-UNNAMED")
                .hasMessageContaining("ioloop.carrier=jdk");
    }
}
