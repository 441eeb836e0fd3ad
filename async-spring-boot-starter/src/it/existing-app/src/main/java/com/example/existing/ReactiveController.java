package com.example.existing;

import java.time.Duration;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@RestController
class ReactiveController {

	@GetMapping("/reactive")
	Mono<String> reactive() {
		return Mono.just("reactive").delayElement(Duration.ofMillis(5));
	}

	@GetMapping("/numbers")
	Flux<Integer> numbers() {
		return Flux.range(1, 3);
	}

}
