import 'amisgest-pay';
