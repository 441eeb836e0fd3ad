package com.example.existing;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

@SpringBootApplication
public class ExistingApplication {

	public static void main(String[] args) {
		SpringApplication.run(ExistingApplication.class, args);
	}

}
