package com.example.existing;

import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@AutoConfigureWebTestClient
class ExistingApplicationTests {

	@Autowired
	WebTestClient client;

	@Test
	void reactive() {
		this.client.get().uri("/reactive").exchange()
			.expectStatus().isOk()
			.expectHeader().valueEquals("X-Stamp", "filtered")
			.expectBody(String.class).isEqualTo("reactive");
	}

	@Test
	void numbers() {
		this.client.get().uri("/numbers").exchange().expectBody(String.class).isEqualTo("[1,2,3]");
	}

	@Test
	void blocking() {
		this.client.get().uri("/blocking").exchange()
			.expectHeader().valueEquals("X-Stamp", "filtered")
			.expectBody(String.class).isEqualTo("blocking");
	}

}
