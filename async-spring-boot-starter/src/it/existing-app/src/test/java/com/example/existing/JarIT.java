package com.example.existing;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** The finished jar, started as a user would. */
class JarIT {

	@Test
	void javaDashJarStartsOnTheExpectedCarrier() throws Exception {
		try (RunningApplication application = new RunningApplication("-jar", System.getProperty("jar"),
				"--server.port=0", "--server.address=127.0.0.1")) {
			int port = application.port(1);
			assertThat(RunningApplication.get(port, "/reactive")).isEqualTo("reactive");
			assertThat(RunningApplication.get(port, "/blocking")).isEqualTo("blocking");
			assertThat(application.output()).filteredOn((line) -> line.contains("ioloop runs on the"))
				.hasSize(1)
				.allMatch((line) -> line.contains(System.getProperty("expected.carrier")));
		}
	}

}
