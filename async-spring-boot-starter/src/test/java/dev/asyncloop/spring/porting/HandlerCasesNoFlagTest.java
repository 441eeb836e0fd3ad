package dev.asyncloop.spring.porting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.TestApplication;
import org.junit.jupiter.api.Test;

/** The life of a handler on the JDK's carrier, in a JVM without any flag. */
class HandlerCasesNoFlagTest extends HandlerCasesTest {

    private final TestApplication application;

    HandlerCasesNoFlagTest(TestApplication application) {
        super(application);
        this.application = application;
    }

    @Test
    void theCarrierIsTheJdks() {
        assertThat(application.bean(IOLoop.class).carrier()).isEqualTo(Carrier.JDK);
    }
}
