"""The generic signed webhook: for any shop whose platform is not spoken natively here."""
