package dev.asyncloop.spring.porting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.asyncloop.Carrier;
import dev.asyncloop.IOLoop;
import dev.asyncloop.spring.TestApplication;
import org.junit.jupiter.api.Test;

/** What goes over the wire on the JDK's carrier, in a JVM without any flag. */
class ServerCasesNoFlagTest extends ServerCasesTest {

    private final TestApplication application;

    ServerCasesNoFlagTest(TestApplication application) {
        super(application);
        this.application = application;
    }

    @Test
    void theCarrierIsTheJdks() {
        assertThat(application.bean(IOLoop.class).carrier()).isEqualTo(Carrier.JDK);
    }
}
